/** How one try ended. `because` is a sentence for people; it holds nothing that the other side said. */
export type Outcome =
  | { kind: 'delivered' }
  /** May work by itself. */
  | { kind: 'failed'; because: string; retryAfterMs?: number | undefined }
  /** The same again would end the same; where the address is gone, so would every other. */
  | { kind: 'refused'; because: string; isGone?: boolean }

/** Pauses before each further try: two and a half hours in all. */
const pausesMs = [5_000, 60_000, 300_000, 1_800_000, 7_200_000] as const
const longestPauseMs = 7_200_000

/** When it is tried again, or undefined where it is given up. @param attempts those that were made, this one included */
export function pauseBeforeNextTry(outcome: Outcome, attempts: number): number | undefined {
  if (outcome.kind !== 'failed') return undefined
  const pauseMs = pausesMs[attempts - 1]
  return pauseMs && Math.min(longestPauseMs, Math.max(pauseMs, outcome.retryAfterMs ?? 0))
}
