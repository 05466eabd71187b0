import type { ErrorReason } from '@standin/contracts'

/** Every way in which an exchange can fail, closed. */
export type ExchangeFailure =
  | 'invalid-client'
  | 'invalid-scope'
  | 'plan-required'
  | 'foreign-account'
  | 'rate-limited'
  | 'unavailable'
  | 'nonsense'

interface Policy {
  /** What a caller is told. */
  reason: ErrorReason
  /** Whether the answer says that the credentials themselves are refused. */
  refusesCredentials: boolean
  /** Whether such an answer shows that Trackunit's sign-in works, or that it does not. */
  saysOfSignIn: 'up' | 'down' | 'nothing'
  /** Whom the pause holds back: every token of the account, or those with the same scopes. */
  pauses: 'account' | 'scope-set'
  /** The first pause before the next try; it doubles with each failure in a row, up to the longest. */
  pauseMs: number
  longestPauseMs: number
}

/** What each failure of the token endpoint means, and when to ask again. */
export const failurePolicy = {
  'invalid-client': {
    reason: 'CREDENTIALS_REJECTED',
    refusesCredentials: true,
    saysOfSignIn: 'up',
    pauses: 'account',
    pauseMs: 2_000,
    longestPauseMs: 900_000,
  },
  'invalid-scope': {
    reason: 'SCOPE_NOT_GRANTED',
    refusesCredentials: false,
    saysOfSignIn: 'up',
    pauses: 'scope-set',
    pauseMs: 60_000,
    longestPauseMs: 3_600_000,
  },
  'plan-required': {
    reason: 'PLAN_REQUIRED',
    refusesCredentials: false,
    saysOfSignIn: 'up',
    pauses: 'scope-set',
    pauseMs: 60_000,
    longestPauseMs: 3_600_000,
  },
  // The token names another account: it is dropped, and nothing that comes with these credentials serves this one.
  'foreign-account': {
    reason: 'CREDENTIALS_QUARANTINED',
    refusesCredentials: false,
    saysOfSignIn: 'up',
    pauses: 'account',
    pauseMs: 60_000,
    longestPauseMs: 3_600_000,
  },
  'rate-limited': {
    reason: 'TRACKUNIT_RATE_LIMITED',
    refusesCredentials: false,
    saysOfSignIn: 'up',
    pauses: 'account',
    pauseMs: 10_000,
    longestPauseMs: 600_000,
  },
  unavailable: {
    reason: 'TRACKUNIT_UNAVAILABLE',
    refusesCredentials: false,
    saysOfSignIn: 'down',
    pauses: 'account',
    pauseMs: 1_000,
    longestPauseMs: 60_000,
  },
  nonsense: {
    reason: 'TRACKUNIT_UNAVAILABLE',
    refusesCredentials: false,
    saysOfSignIn: 'nothing',
    pauses: 'account',
    pauseMs: 5_000,
    longestPauseMs: 300_000,
  },
} as const satisfies Record<ExchangeFailure, Policy>

/** @param failuresInARow including this one, from 1 @param retryAfterMs what the answer asked for: never undercut */
export function pauseAfter(failure: ExchangeFailure, failuresInARow: number, retryAfterMs = 0): number {
  const { pauseMs, longestPauseMs } = failurePolicy[failure]
  return Math.max(retryAfterMs, Math.min(longestPauseMs, pauseMs * 2 ** Math.min(failuresInARow - 1, 20)))
}
