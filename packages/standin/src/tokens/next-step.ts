import type { ErrorReason } from '@standin/contracts'
import { type ExchangeFailure, failurePolicy } from '../trackunit/failure-policy.ts'
import { forcedExchangeEveryMs } from '../trackunit/rest-answer.ts'
import { tokenFreshness } from './token-freshness.ts'

/** The state of an account's token for one scope set in the database, at one moment by its clock. */
export interface TokenStanding {
  /** Whether the wanted generation is the one in force. */
  inForce: boolean
  /** The newest token of this generation. */
  token: { fingerprint: string; lifetimeMs: number; leftMs: number } | undefined
  /** The exchange under way. Void if its holder has died, or if it is for another generation. */
  lease: { fence: number; leftMs: number; isVoid: boolean } | undefined
  pause: { failure: ExchangeFailure; leftMs: number } | undefined
  /** How long ago an exchange was made because an API had refused the token. */
  forcedAgoMs: number | undefined
  /** How long no request may be sent, because Trackunit's sign-in is down for all accounts; 0 or less if one may. */
  signInPausedForMs: number
}

export interface WantedToken {
  /** Any token but this one: an API refused it, or it is to be replaced before its end. */
  notThis: string | undefined
  /** Trackunit refuses the credentials: a stored token is served, but there is no exchange. */
  parked: boolean
  /** It is replaced before it expires, and not because an API refused it, which would be a forced exchange. */
  ahead: boolean
  /** The fence of the caller's own lease, which it does not wait for. */
  fence?: number
}

export type NextStep =
  | { do: 'serve' | 'wait' | 'reload-account' }
  | { do: 'exchange'; forced: boolean }
  | { do: 'refuse'; reason: ErrorReason; retryAfterMs?: number }

/** What to do for a caller that wants a token: the first rule that applies, from top to bottom. */
export function nextStep(standing: TokenStanding, wanted: WantedToken): NextStep {
  const { inForce, token, lease, pause, forcedAgoMs, signInPausedForMs } = standing
  if (!inForce) return { do: 'reload-account' }
  const isFresh = token !== undefined && tokenFreshness(token) === 'fresh'
  if (isFresh && token.fingerprint !== wanted.notThis) return { do: 'serve' }
  if (wanted.parked) return { do: 'refuse', reason: 'CREDENTIALS_REJECTED' }

  const isTaken = lease !== undefined && lease.leftMs > 0 && !lease.isVoid && lease.fence !== wanted.fence
  if (isTaken) return { do: 'wait' }
  if (pause && pause.leftMs > 0)
    return { do: 'refuse', reason: failurePolicy[pause.failure].reason, retryAfterMs: pause.leftMs }
  if (signInPausedForMs > 0) return { do: 'refuse', reason: 'TRACKUNIT_UNAVAILABLE', retryAfterMs: signInPausedForMs }

  const forced = isFresh && !wanted.ahead
  const waitMs = forced && forcedAgoMs !== undefined ? forcedExchangeEveryMs - forcedAgoMs : 0
  return waitMs > 0 ? { do: 'refuse', reason: 'TRACKUNIT_REFUSED', retryAfterMs: waitMs } : { do: 'exchange', forced }
}
