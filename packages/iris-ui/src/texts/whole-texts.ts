import type { Texts } from './en.ts'
import type { AppWords } from './first-english.ts'
import { allTexts, textsFor } from './texts-for.ts'

/** All texts of the app in the user's language, or in English, if it is missing. */
export async function wholeTexts(language: string, of: AppWords): Promise<Texts> {
  const first = await textsFor(language, of)
  return (await allTexts(first.language)).textsOf(of)
}
