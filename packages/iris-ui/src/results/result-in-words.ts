import { type Run, type RunResult, type SentResult, spoken } from '@standin/client'
import type { Texts } from '../texts/en.ts'

type OfAction = Texts['ofAction']
const known = new WeakMap<SentResult, { ofAction: OfAction; said: RunResult }>()

/**
 * A page of a result in the reader's language. Filters still use the facets' own values. Many parts of a page show the same
 * answer, of a hundred rows: it is put into words once, and is the same object for all of them.
 */
export function resultInWords(
  page: SentResult,
  { actionId, texts: { ofAction } }: { actionId: Run['actionId']; texts: Pick<Texts, 'ofAction'> },
): RunResult {
  const before = known.get(page)
  if (before?.ofAction === ofAction) return before.said
  const said: RunResult = spoken<SentResult>(page, (message) => ofAction(actionId, message))
  known.set(page, { ofAction, said })
  return said
}
