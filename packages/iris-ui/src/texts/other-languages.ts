import type { Texts } from './en.ts'
import { type SpokenLanguage, spokenLanguage } from './spoken-language.ts'

const files: Record<Exclude<SpokenLanguage, 'en-GB'>, () => Promise<Texts>> = {
  da: () => import('./da.ts').then(({ da }) => da),
}
const come = new Map<SpokenLanguage, Texts>()

/**
 * Every language but English is loaded when it is needed.
 * @returns the texts if they are loaded already; undefined for English
 */
export function otherLanguage(language: string): Texts | Promise<Texts> | undefined {
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
