import type { heldCallbacks } from './held-callback-table.ts'

export type HeldState = (typeof heldCallbacks.$inferSelect)['state']

export interface HeldBounds {
  atMost: number
  /** Under one JWT. */
  perIdentity: number
  maxAgeMs: number
  /** Rows written in a minute: each costs the database something. */
  perMinute: { address: number; inAll: number }
}

const dayMs = 24 * 3_600_000

/** How much is kept of what serves nobody. What was verified costs its sender a genuine JWT for each twenty, so that it gets more room. */
export const heldBounds: Record<HeldState, HeldBounds> = {
  held: { atMost: 1_000, perIdentity: 20, maxAgeMs: 30 * dayMs, perMinute: { address: 1_000, inAll: 2_000 } },
  unverified: { atMost: 200, perIdentity: 20, maxAgeMs: dayMs, perMinute: { address: 200, inAll: 1_000 } },
}
