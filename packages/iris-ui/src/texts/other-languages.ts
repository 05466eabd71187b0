import type { Texts } from './en.ts'
import type { AppWords } from './first-english.ts'
import { type SpokenLanguage, spokenLanguage } from './spoken-language.ts'

type TextsOf = (of: AppWords) => Texts

const files: Record<Exclude<SpokenLanguage, 'en-GB'>, () => Promise<TextsOf>> = {
  da: () => import('./da.ts').then(({ da }) => da),
  de: () => import('./de.ts').then(({ de }) => de),
  fr: () => import('./fr.ts').then(({ fr }) => fr),
  sv: () => import('./sv.ts').then(({ sv }) => sv),
}
const come = new Map<SpokenLanguage, TextsOf>()

/**
 * Every language but English is loaded when it is needed.
 * @returns the language's texts if they are loaded already; undefined for English
 */
export function otherLanguage(language: string): TextsOf | Promise<TextsOf> | undefined {
  const spoken = spokenLanguage(language)
  if (spoken === 'en-GB') return undefined
  return (
    come.get(spoken) ??
    files[spoken]().then((texts) => {
      come.set(spoken, texts)
      return texts
    })
  )
}
