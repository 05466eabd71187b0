import { type ExchangeFailure, failurePolicy, pauseAfter } from '../trackunit/failure-policy.ts'

/** Access that never worked yet may begin to at any moment: whoever installed the app waits for it. */
const longestPauseMs = 30_000
/** No pause is shorter, so that a clock that goes behind the database's makes no crowd of tries. */
const shortestPauseMs = 2_000

export interface FailedProof {
  failure: ExchangeFailure
  /** How often Trackunit was asked, this time too. */
  attempts: number
  /** How long ago the credentials came. */
  ageMs: number
  /** How long Trackunit may take to switch them on: a refusal before that decides nothing. */
  patienceMs: number
  /** What the answer asked for; never undercut. */
  retryAfterMs?: number | undefined
  /** Whether a JWT brought them that brought many others: those leave turns to the rest. */
  ofMany: boolean
}

export type NextProof = { do: 'reject' } | { do: 'try-again'; inMs: number }

/**
 * What follows where credentials that never worked did not work once more. Pauses double up to half a minute while
 * Trackunit may still switch them on; the last try falls on the end of that time, so that it is then known.
 */
export function nextProof(failed: FailedProof): NextProof {
  const { failure, attempts, ageMs, patienceMs, retryAfterMs = 0, ofMany } = failed
  const leftMs = patienceMs - ageMs
  if (leftMs <= 0 && failurePolicy[failure].refusesCredentials) return { do: 'reject' }

  const usualMs = pauseAfter(failure, attempts)
  // Who asks too often is not answered sooner for asking more.
  const isHeldBack = ofMany || failure === 'rate-limited'
  const pauseMs = isHeldBack || leftMs <= 0 ? usualMs : Math.min(usualMs, longestPauseMs)
  // One just before the end would bring nothing: the one at the end takes its place.
  const isLast = leftMs > 0 && leftMs < pauseMs * 1.5
  return { do: 'try-again', inMs: Math.max(retryAfterMs, shortestPauseMs, isLast ? leftMs : pauseMs) }
}
