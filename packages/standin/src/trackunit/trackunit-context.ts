import type { Context } from '../context.ts'
import { createKeySet, type KeySet } from './key-set.ts'

export type TrackunitContext = Context & { trackunit: TrackunitMemory }

/** What a process remembers of Trackunit. Request budgets and outages are not here: all replicas share them in the database. */
export interface TrackunitMemory {
  /** The marketplace's keys, which sign callbacks. */
  callbackKeys: KeySet
}

export function createTrackunitMemory(ctx: Context): TrackunitMemory {
  const { jwksUrl: url, jwksCooldownMs: cooldownMs, algorithms } = ctx.config.callback
  return { callbackKeys: createKeySet(ctx, { url, cooldownMs, algorithms }) }
}
