import type { ErrorReason } from '@standin/contracts'

/** Every way in which a request for a token can fail. */
export type ExchangeFailure =
  | 'invalid-client'
  | 'invalid-scope'
  | 'plan-required'
  | 'foreign-account'
  | 'rate-limited'
  | 'unavailable'
  | 'nonsense'

interface Policy {
  /** The reason that callers get. */
  reason: ErrorReason
  /** Whether the answer says that the credentials themselves are refused. */
  refusesCredentials: boolean
  /** What such an answer shows about Trackunit's sign-in as a whole. */
  signIn: 'up' | 'down' | 'unknown'
  /** What the pause applies to: every token of the account, or those with the same scopes. */
  pauses: 'account' | 'scope-set'
  /** The first pause before the next try; it doubles with each failure in a row, up to the longest. */
  pauseMs: number
  longestPauseMs: number
}

const usual = { refusesCredentials: false, signIn: 'up', pauses: 'account' } as const
const minuteToHour = { pauseMs: 60_000, longestPauseMs: 3_600_000 } as const
const ofScopes = { ...usual, ...minuteToHour, pauses: 'scope-set' } as const

/** What each failure of the token endpoint means, and when to retry. */
export const failurePolicy = {
  'invalid-client': {
    ...usual,
    reason: 'CREDENTIALS_REJECTED',
    refusesCredentials: true,
    pauseMs: 2_000,
    longestPauseMs: 900_000,
  },
  'invalid-scope': { ...ofScopes, reason: 'SCOPE_NOT_GRANTED' },
  'plan-required': { ...ofScopes, reason: 'PLAN_REQUIRED' },
  // The token names another account: it is dropped, and these credentials are not used for this one.
  'foreign-account': { ...usual, ...minuteToHour, reason: 'CREDENTIALS_QUARANTINED' },
  'rate-limited': { ...usual, reason: 'TRACKUNIT_RATE_LIMITED', pauseMs: 10_000, longestPauseMs: 600_000 },
  unavailable: {
    ...usual,
    reason: 'TRACKUNIT_UNAVAILABLE',
    signIn: 'down',
    pauseMs: 1_000,
    longestPauseMs: 60_000,
  },
  nonsense: {
    ...usual,
    reason: 'TRACKUNIT_UNAVAILABLE',
    signIn: 'unknown',
    pauseMs: 5_000,
    longestPauseMs: 300_000,
  },
} as const satisfies Record<ExchangeFailure, Policy>

/** @param failuresInARow including this one, from 1 @param retryAfterMs what the answer asked for: the least pause */
export function pauseAfter(failure: ExchangeFailure, failuresInARow: number, retryAfterMs = 0): number {
  const { pauseMs, longestPauseMs } = failurePolicy[failure]
  return Math.max(retryAfterMs, Math.min(longestPauseMs, pauseMs * 2 ** Math.min(failuresInARow - 1, 20)))
}
