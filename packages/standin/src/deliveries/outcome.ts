/** How one attempt ended. `because` is a sentence for people; it never quotes the other side. */
export type Outcome =
  | { kind: 'delivered' }
  /** A later attempt may succeed. */
  | { kind: 'failed'; because: string; retryAfterMs?: number | undefined }
  /**
   * A later attempt would end the same way. `isGone`: so would every other delivery to this address. `isOurs`: the receiver
   * was not asked, `unconfirmed`: because results may not be sent there.
   */
  | { kind: 'refused'; because: string; isGone?: boolean; isOurs?: true | 'unconfirmed' }

/** Pauses before each further attempt: two and a half hours in total. */
const pausesMs = [5_000, 60_000, 300_000, 1_800_000, 7_200_000] as const
const longestPauseMs = 7_200_000

/** @param attempts made so far, this one included. @returns undefined if the delivery is given up */
export function pauseBeforeNextAttempt(outcome: Outcome, attempts: number): number | undefined {
  if (outcome.kind !== 'failed') return undefined
  const pauseMs = pausesMs[attempts - 1]
  return pauseMs && Math.min(longestPauseMs, Math.max(pauseMs, outcome.retryAfterMs ?? 0))
}
