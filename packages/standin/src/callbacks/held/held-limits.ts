import { type AttemptLimiter, createAttemptLimiter } from '../../access/attempt-limiter.ts'
import { dayMs } from '../../clock.ts'
import type { heldCallbacks } from './held-callback-table.ts'

export type HeldState = (typeof heldCallbacks.$inferSelect)['state']

export interface HeldLimits {
  rows: number
  /** Rows under one JWT. */
  perIdentity: number
  maxAgeMs: number
  /** Rows written in a minute: each costs the database something. */
  perMinute: { address: number; inAll: number }
}

/** Verified ones get more room: twenty of them cost their sender a genuine JWT. */
export const heldLimits: Record<HeldState, HeldLimits> = {
  held: { rows: 1_000, perIdentity: 20, maxAgeMs: 30 * dayMs, perMinute: { address: 1_000, inAll: 2_000 } },
  unverified: { rows: 200, perIdentity: 20, maxAgeMs: dayMs, perMinute: { address: 200, inAll: 1_000 } },
}

export type HoldLimiters = Record<HeldState, AttemptLimiter>

export const createHoldLimiters = (): HoldLimiters => ({
  held: createAttemptLimiter(heldLimits.held.perMinute),
  unverified: createAttemptLimiter(heldLimits.unverified.perMinute),
})
