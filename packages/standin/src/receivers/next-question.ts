import { dayMs } from '../clock.ts'
import type { receivers } from './receiver-table.ts'

const hourMs = 3_600_000
/** Emails to people who did not ask for any: of one account in an hour, and to one mailbox without an answer. */
export const questionsPerHour = 10
const questionsInARow = 3
/** After this an unanswered question is forgotten. */
export const afterInVainMs = 30 * dayMs

/**
 * Pure. When a mailbox may be asked again whether it wants results: after an hour, after three questions without an answer
 * or a withdrawal after a month.
 * @param rows of the mailbox
 * @returns a moment that may have passed
 */
export function nextQuestionAt(
  rows: ReadonlyArray<Pick<typeof receivers.$inferSelect, 'state' | 'askedAt' | 'asks' | 'answeredAt'>>,
): Date {
  const asks = rows.reduce((sum, row) => sum + row.asks, 0)
  const times = rows.flatMap(({ state, askedAt, answeredAt }) => [
    ...(askedAt ? [askedAt.getTime() + (asks >= questionsInARow ? afterInVainMs : hourMs)] : []),
    ...(state === 'withdrawn' && answeredAt ? [answeredAt.getTime() + afterInVainMs] : []),
  ])
  return new Date(Math.max(0, ...times))
}

/** Pure. When an account may ask the next receiver. @param askedAt when its last ones were asked, in any order */
export function nextQuestionOfAccountAt(askedAt: readonly Date[]): Date {
  const newestFirst = askedAt.map((at) => at.getTime()).sort((a, b) => b - a)
  const before = newestFirst[questionsPerHour - 1]
  return new Date(before === undefined ? 0 : before + hourMs)
}
