import { type Message, type RunResult, type SentResult, spoken } from '@standin/client'

/** A page of a result in the reader's language. Filters still use the facets' own values. */
export function resultInWords<Page extends SentResult>(page: Page, say: (message: Message) => string): RunResult {
  return spoken<SentResult>(page, say)
}
