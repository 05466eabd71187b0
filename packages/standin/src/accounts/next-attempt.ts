import { type ExchangeFailure, failurePolicy, pauseAfter } from '../trackunit/failure-policy.ts'

/** Parked credentials are probed at least this often. */
export const parkedProbeMs = 900_000
const firstParkedProbeMs = 5_000

/**
 * The pause before parked credentials are probed again. It doubles with each refusal in a row, so that a glitch of a minute
 * costs the account no more than two.
 */
export const parkedPauseMs = (refusalsInARow: number): number =>
  Math.min(parkedProbeMs, firstParkedProbeMs * 2 ** Math.min(refusalsInARow, 20))
/** The pause before the next probe while the outcome is undecided. */
export const undecidedProbeMs = 60_000
/** The shortest pause while Trackunit's sign-in is down for all accounts. */
export const signInPauseMs = 10_000

/** Credentials that never worked may begin to at any moment, and the person who installed the app waits for it. */
const longestPauseMs = 30_000
/** No pause is shorter, so that a clock that is behind the database's does not cause a burst of attempts. */
const shortestPauseMs = 2_000

export interface FailedProof {
  failure: ExchangeFailure
  /** How often Trackunit was asked, including this time. */
  attempts: number
  /** How long ago the credentials arrived. */
  ageMs: number
  /** How long Trackunit may take to switch them on: a refusal before that decides nothing. */
  patienceMs: number
  /** What the answer asked for; no pause is shorter. */
  retryAfterMs?: number | undefined
  /** Whether their JWT brought many others: those do not delay the rest. */
  isBulk: boolean
}

export type NextAttempt = { do: 'reject' } | { do: 'try-again'; inMs: number }

/**
 * What follows when credentials that never worked fail again. Pauses double up to half a minute while Trackunit may still
 * switch them on; the last attempt is at the end of that time, so that the outcome is known then.
 */
export function nextAttempt(failed: FailedProof): NextAttempt {
  const { failure, attempts, ageMs, patienceMs, retryAfterMs = 0, isBulk } = failed
  const leftMs = patienceMs - ageMs
  if (leftMs <= 0 && failurePolicy[failure].refusesCredentials) return { do: 'reject' }

  const usualMs = pauseAfter(failure, attempts)
  // Asking more often does not end a rate limit sooner.
  const isHeldBack = isBulk || failure === 'rate-limited'
  const pauseMs = isHeldBack || leftMs <= 0 ? usualMs : Math.min(usualMs, longestPauseMs)
  // An attempt just before the end is useless: the one at the end replaces it.
  const isLast = leftMs > 0 && leftMs < pauseMs * 1.5
  return { do: 'try-again', inMs: Math.max(retryAfterMs, shortestPauseMs, isLast ? leftMs : pauseMs) }
}
