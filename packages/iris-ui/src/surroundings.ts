import { createContext, use } from 'react'
import { createFormats, type Formats } from './formats/create-formats.ts'
import type { StandinHost } from './host.ts'
import type { AppLook } from './styles/accent.ts'
import type { Texts } from './texts/en.ts'
import type { FirstTexts } from './texts/first-english.ts'

/** What every part of the page needs: the host, and how its user reads. */
export interface Surroundings<Said extends FirstTexts = Texts> {
  host: StandinHost
  app: AppLook
  texts: Said
  formats: Formats
}

export const FirstSurroundingsContext = createContext<Surroundings<FirstTexts> | undefined>(undefined)
export const SurroundingsContext = createContext<Surroundings | undefined>(undefined)

export function surroundingsOf({
  host,
  app,
  texts,
}: Omit<Surroundings<FirstTexts>, 'formats'>): Surroundings<FirstTexts> {
  const { language, timeZone, measurement } = host.user
  return { host, app, texts, formats: createFormats({ language, textLanguage: texts.language, timeZone, measurement }) }
}

/** For the frame and the overview, which are drawn before the texts of the other pages have come. */
export function useFirstSurroundings(): Surroundings<FirstTexts> {
  const surroundings = use(FirstSurroundingsContext)
  if (!surroundings) throw new Error('useFirstSurroundings is used outside StandinApp')
  return surroundings
}

/** With all texts: for what `lateParts` brings. */
export function useSurroundings(): Surroundings {
  const surroundings = use(SurroundingsContext)
  if (!surroundings) throw new Error('useSurroundings is used outside of a late part')
  return surroundings
}
