import type { Installation } from '@standin/client'
import type { FirstFormats } from '../formats/first-formats.ts'
import type { FirstTexts } from '../texts/first-english.ts'

interface Around {
  account: string
  /** How many things wait for a person. */
  needs?: number | undefined
  nowMs: number
  texts: FirstTexts
  formats: FirstFormats
}

/** The page's first sentence while Standin works. */
export function workingSentence(
  { since }: Pick<Installation, 'since'>,
  { account, needs = 0, nowMs, texts, formats }: Around,
): { headline: string; means: string[] } {
  const words = texts.installation
  return {
    headline: needs > 0 ? words.workingButNeeds(needs) : words.working,
    means: [words.worksFor(account), ...(since ? [words.workingSince(formats.moment(since, nowMs))] : [])],
  }
}
