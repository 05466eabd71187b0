import type { ErrorReason } from '@standin/contracts'
import { type ExchangeFailure, failurePolicy } from '../trackunit/failure-policy.ts'
import { tokenFreshness } from './token-freshness.ts'

/** How an account's token of one scope set stands in the database, at one moment and by its clock. */
export interface TokenStanding {
  /** Whether the generation that is asked for is the one in force. */
  inForce: boolean
  /** The newest token of this generation. */
  token: { fingerprint: string; lifetimeMs: number; leftMs: number } | undefined
  /** Who exchanges now. One whose holder has died, or that is for another generation, is void. */
  lease: { fence: number; leftMs: number; isVoid: boolean } | undefined
  pause: { failure: ExchangeFailure; leftMs: number } | undefined
  /** How long ago an exchange was made because an API had refused the token. */
  forcedAgoMs: number | undefined
  /** How long nobody asks Trackunit's sign-in, because it is down for all; 0 or less: whoever wants may ask. */
  signInPausedForMs: number
}

export interface WantedToken {
  /** Not this one: an API refused it, or it is to be replaced ahead of time. */
  notThis: string | undefined
  /** Trackunit refuses the credentials: what is there is served, and nothing is asked for. */
  parked: boolean
  /** Replacing ahead of time is nobody's refusal: it does not count as a forced exchange. */
  ahead: boolean
  /** Under one's own lease: who waits for oneself waits for ever. */
  fence?: number
}

export type NextStep =
  | { do: 'serve' | 'wait' | 'leave' }
  | { do: 'exchange'; forced: boolean }
  | { do: 'refuse'; reason: ErrorReason; retryAfterMs?: number }

/** An account's token of one scope set is exchanged because of a refusal at most once in this time. */
const forcedExchangeEveryMs = 30_000

/** What is to be done for whoever wants a token, by how it stands: read from top to bottom. */
export function nextStep(standing: TokenStanding, wanted: WantedToken): NextStep {
  const { inForce, token, lease, pause, forcedAgoMs, signInPausedForMs } = standing
  if (!inForce) return { do: 'leave' }
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
