import { LoadFailed } from '../parts/load-failed.ts'
import type { Texts } from './en.ts'
import { type AppWords, type FirstTexts, firstEnglish } from './first-english.ts'
import { otherLanguage } from './other-languages.ts'

/** The texts in the user's language, or the English ones that are in the first JavaScript, if it is missing. */
export function textsFor(language: string, of: AppWords): FirstTexts | Promise<FirstTexts> {
  const texts = otherLanguage(language) ?? firstEnglish
  if (!(texts instanceof Promise)) return texts(of)
  // If its file cannot be loaded, English is better than no page.
  return texts.then(
    (loaded) => loaded(of),
    () => firstEnglish(of),
  )
}

type TextsOf = (of: AppWords) => Texts
let english: TextsOf | undefined
let flight: Promise<TextsOf> | undefined

/**
 * All texts, those of the late pages as well, in the language of the first ones.
 * @returns those that have come are given at once
 */
export function allTexts(language: string): TextsOf | Promise<TextsOf> {
  const other = otherLanguage(language)
  if (other && !(other instanceof Promise)) return other
  if (english) return english
  flight ??= bringEnglish()
  return flight
}

async function bringEnglish(): Promise<TextsOf> {
  try {
    english = (await import('./en.ts')).en
    return english
  } catch (error) {
    throw new LoadFailed('the texts of the app did not come', { cause: error })
  } finally {
    flight = undefined // When it did not come, the next one tries again.
  }
}
