import { en, type Texts } from './en.ts'
import { otherLanguage } from './other-languages.ts'

/** The texts in the user's language; English, which is in the first JavaScript, where it is not spoken yet. */
export function textsFor(language: string): Texts | Promise<Texts> {
  const texts = otherLanguage(language) ?? en
  // Without its file the page is still worth more in English than not at all.
  return texts instanceof Promise ? texts.catch(() => en) : texts
}
