import { createContext, use } from 'react'
import type { Formats } from './formats/create-formats.ts'
import { createFirstFormats, type FirstFormats, type FormatOptions } from './formats/first-formats.ts'
import type { StandinHost } from './host.ts'
import type { AppLook } from './styles/accent.ts'
import type { Texts } from './texts/en.ts'
import type { FirstTexts } from './texts/first-english.ts'

/** What the frame and the first words need: the host, and how its user reads. */
export interface FirstSurroundings {
  host: StandinHost
  app: AppLook
  texts: FirstTexts
  formats: FirstFormats
}

/** What every other part of the page needs. */
export interface Surroundings extends FirstSurroundings {
  texts: Texts
  formats: Formats
  /** The `lang` of a text that an action has only in English, on a page in another language. */
  langOf(text: string | null | undefined): 'en' | undefined
}

export const FirstSurroundingsContext = createContext<FirstSurroundings | undefined>(undefined)
export const SurroundingsContext = createContext<Surroundings | undefined>(undefined)

export const surroundingsOf = ({ host, app, texts }: Omit<FirstSurroundings, 'formats'>): FirstSurroundings => ({
  host,
  app,
  texts,
  formats: createFirstFormats(formatOptionsOf({ host, texts })),
})

export function formatOptionsOf({ host, texts }: Pick<FirstSurroundings, 'host' | 'texts'>): FormatOptions {
  const { language, timeZone, measurement } = host.user
  return { language, textLanguage: texts.language, timeZone, measurement }
}

/** For the frame and the overview, which are drawn before the texts of the other pages have come. */
export function useFirstSurroundings(): FirstSurroundings {
  const surroundings = use(FirstSurroundingsContext)
  if (!surroundings) throw new Error('useFirstSurroundings is used outside StandinApp')
  return surroundings
}

/** With all texts and formats: for what `lateParts` brings. */
export function useSurroundings(): Surroundings {
  const surroundings = use(SurroundingsContext)
  if (!surroundings) throw new Error('useSurroundings is used outside of a late part')
  return surroundings
}
