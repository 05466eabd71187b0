import { dayMs } from '../clock.ts'
import type { receivers } from './receiver-table.ts'

const hourMs = 3_600_000
/** Emails to people who did not ask for them: how many one account may send in an hour, and one mailbox gets without an answer. */
export const questionsPerHour = 10
const questionsInARow = 3
/** An unanswered question is forgotten after this time. */
export const unansweredForMs = 30 * dayMs

/**
 * Pure. When a mailbox may be asked again whether it wants results: after an hour; after a month if it withdrew or left three
 * questions unanswered.
 * @param rows of the mailbox
 * @returns a moment that may have passed
 */
export function nextQuestionAt(
  rows: ReadonlyArray<Pick<typeof receivers.$inferSelect, 'state' | 'askedAt' | 'asks' | 'answeredAt'>>,
): Date {
  const asks = rows.reduce((sum, row) => sum + row.asks, 0)
  const times = rows.flatMap(({ state, askedAt, answeredAt }) => [
    ...(askedAt ? [askedAt.getTime() + (asks >= questionsInARow ? unansweredForMs : hourMs)] : []),
    ...(state === 'withdrawn' && answeredAt ? [answeredAt.getTime() + unansweredForMs] : []),
  ])
  return new Date(Math.max(0, ...times))
}

/** Pure. When an account may ask the next receiver. @param askedAt when its last ones were asked, in any order */
export function nextQuestionOfAccountAt(askedAt: readonly Date[]): Date {
  const newestFirst = askedAt.map((at) => at.getTime()).sort((a, b) => b - a)
  const before = newestFirst[questionsPerHour - 1]
  return new Date(before === undefined ? 0 : before + hourMs)
}
