import type { CallbackStatus } from '@standin/contracts'
import type { BelievedCallback } from './believed-callback.ts'
import { type Beside, createTakeTogether, type TakingParts } from './take-together.ts'

export type TakeCallback = (believed: BelievedCallback, beside?: Beside) => Promise<CallbackStatus>

/**
 * Takes a callback. When this returns, it is on disk.
 * @throws StandinError `RATE_LIMITED` or `OVERLOADED` where one JWT, or all unproven ones together, brought too much
 */
export function createTakeCallback(parts: TakingParts): TakeCallback {
  const takeTogether = createTakeTogether(parts)
  return async (believed, beside) => {
    const [outcome] = await takeTogether([believed], { beside })
    if (!outcome) throw new Error('each callback has an outcome')
    if ('refused' in outcome) throw outcome.refused
    return outcome.status
  }
}
