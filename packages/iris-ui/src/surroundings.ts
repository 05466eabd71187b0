import { createContext, use } from 'react'
import { createFormats, type Formats } from './formats/create-formats.ts'
import type { StandinHost } from './host.ts'
import type { AppLook } from './styles/accent.ts'
import type { Texts } from './texts/en.ts'

/** What every part of the page needs: the host, and how its user reads. */
export interface Surroundings {
  host: StandinHost
  app: AppLook
  texts: Texts
  formats: Formats
}

export const SurroundingsContext = createContext<Surroundings | undefined>(undefined)

export function surroundingsOf({ host, app, texts }: Omit<Surroundings, 'formats'>): Surroundings {
  const { language, timeZone, measurement } = host.user
  return { host, app, texts, formats: createFormats({ language, textLanguage: texts.language, timeZone, measurement }) }
}

export function useSurroundings(): Surroundings {
  const surroundings = use(SurroundingsContext)
  if (!surroundings) throw new Error('useSurroundings is used outside StandinApp')
  return surroundings
}
