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

/** What the late parts say, and how they write numbers and times and what actions say. */
type AllWords = Pick<typeof import('./late-words.ts'), 'createFormats' | 'messagesOf'> & {
  textsOf: (of: AppWords) => Texts
}
const flights = new Map<string, Promise<AllWords>>()

/**
 * All texts, those of the late pages as well, in the language of the first ones. Always the same promise, so that `use` can be
 * called in each rendering, as React wants it; what has come, `use` gives at once.
 */
export function allTexts(language: string): Promise<AllWords> {
  const known = flights.get(language)
  if (known) return known
  const flight = bringAll(language)
  flights.set(language, flight)
  // As React itself notes it on a promise that it has waited for.
  const note = (value: AllWords) => void Object.assign(flight, { status: 'fulfilled', value })
  flight.then(note, () => flights.delete(language)) // When it did not come, the next one tries again.
  return flight
}

async function bringAll(language: string): Promise<AllWords> {
  try {
    const [{ createFormats, messagesOf }, textsOf] = await Promise.all([
      import('./late-words.ts'),
      otherLanguage(language) ?? import('./en.ts').then(({ en }) => en),
    ])
    return { textsOf, createFormats, messagesOf }
  } catch (error) {
    throw new LoadFailed('the texts of the app did not come', { cause: error })
  }
}
