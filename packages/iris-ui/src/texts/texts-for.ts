import { en, type Texts } from './en.ts'
import { otherLanguage } from './other-languages.ts'

/** The texts in the user's language, or English, which is in the first JavaScript, if it is missing. */
export function textsFor(language: string): Texts | Promise<Texts> {
  const texts = otherLanguage(language) ?? en
  // If its file cannot be loaded, English is better than no page.
  return texts instanceof Promise ? texts.catch(() => en) : texts
}
