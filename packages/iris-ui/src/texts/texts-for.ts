import { type AppWords, en, type Texts } from './en.ts'
import { otherLanguage } from './other-languages.ts'

/** The texts in the user's language, or English, which is in the first JavaScript, if it is missing. */
export function textsFor(language: string, of: AppWords): Texts | Promise<Texts> {
  const texts = otherLanguage(language) ?? en
  if (!(texts instanceof Promise)) return texts(of)
  // If its file cannot be loaded, English is better than no page.
  return texts.then(
    (loaded) => loaded(of),
    () => en(of),
  )
}
