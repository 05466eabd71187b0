import type { CallbackStatus } from '@standin/contracts'
import type { Clock } from '../clock.ts'
import { StandinError } from '../standin-error.ts'
import type { KeySet } from '../trackunit/key-set.ts'
import type { AcceptVerified } from './check-callback.ts'
import { isRuleOfCallbacks, type KeepCallback } from './held/keep-callback.ts'

export interface ReceivedCallback {
  /** The header `Trackunit-Identity`. */
  identity: string | undefined
  body: Uint8Array
  /** On the monotonic clock: an unknown key id is refused only when the keys were fetched after this. */
  arrivedAtMs: number
  /** From where, as the server sees it. */
  address: string
  /** What was wrong before anything of it was read, as the path's secret: what verifies is kept, and does not count. */
  refusedAs?: 'NOT_FOUND' | 'UNSUPPORTED_MEDIA_TYPE' | undefined
}

export type ReceiveCallback = (received: ReceivedCallback) => Promise<{ status: CallbackStatus; accountId: string }>

interface Dependencies {
  keys: Pick<KeySet, 'verify'>
  clock: Clock
  accept: AcceptVerified
  keep: KeepCallback
}

/**
 * Takes a callback: proves who sent it, that it is about its own account and about this app, and commits it.
 * When this returns, the callback is on disk. One that is genuine, or may be, and is refused all the same, is kept first.
 */
export function createReceiveCallback({ keys, clock, keep, accept }: Dependencies): ReceiveCallback {
  return async ({ identity: jwt, body, arrivedAtMs, address, refusedAs }) => {
    const receivedAt = clock.now()
    if (!jwt) throw new StandinError(refusedAs ?? 'IDENTITY_MISSING')
    const kept = { jwt, body, address, receivedAt }

    const verification = await keys.verify(jwt, arrivedAtMs)
    if (verification.outcome === 'unavailable') {
      await keep({ ...kept, state: 'unverified', reason: refusedAs ?? 'KEYS_UNAVAILABLE' })
      if (refusedAs) throw new StandinError(refusedAs)
      throw new StandinError('KEYS_UNAVAILABLE', { retryAfterMs: verification.retryAfterMs })
    }
    if (verification.outcome === 'invalid') throw new StandinError(refusedAs ?? 'IDENTITY_INVALID')

    try {
      if (refusedAs) throw new StandinError(refusedAs)
      return await accept({ jwt, verification, body, receivedAt })
    } catch (error) {
      if (error instanceof StandinError && isRuleOfCallbacks(error.reason))
        await keep({ ...kept, state: 'held', reason: error.reason })
      throw error
    }
  }
}
