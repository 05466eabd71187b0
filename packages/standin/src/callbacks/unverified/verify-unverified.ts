import { StandinError } from '../../standin-error.ts'
import { applyCallback } from '../apply-callback.ts'
import type { CallbacksContext } from '../callbacks-context.ts'
import { checkCallback } from '../check-callback.ts'
import { deleteHeld, deleteOlderHeld, type HeldCallback, listHeld } from '../held/held-callback-store.ts'
import { heldLimits } from '../held/held-limits.ts'
import { holdCallback, mayBeGenuine, openHeld } from '../held/hold-callback.ts'
import { countRejection } from '../rejected/count-rejections.ts'

/** How far the clocks of two replicas may differ: the callback may have arrived at another one. */
const clockSkewMs = 5_000

/**
 * Verifies the unverified callbacks after each fetch of the keys, and fetches those as often as the cool-down allows: a
 * callback takes effect even if Trackunit never sends it again.
 * @returns false: there is nothing more to do at once
 */
export async function verifyUnverified(ctx: CallbacksContext): Promise<boolean> {
  const { db, clock, callbacks, trackunit } = ctx
  const { maxAgeMs, rows: limit } = heldLimits.unverified
  await deleteOlderHeld(db, 'unverified', new Date(clock.now().getTime() - maxAgeMs))
  const rows = await listHeld(db, { state: 'unverified', limit })
  if (rows.length === 0) return false
  await trackunit.callbackKeys.refreshIfAllowed()
  const keysOfMs = trackunit.callbackKeys.askedAtMs()
  if (keysOfMs === callbacks.triedWithKeysOfMs) return false
  let failed = false
  for (const row of rows) {
    await verifyRow(ctx, row).catch((error: unknown) => {
      failed = true
      ctx.log.error({ err: error }, 'an unverified callback could not be processed')
    })
  }
  if (!failed) callbacks.triedWithKeysOfMs = keysOfMs
  return false
}

async function verifyRow(ctx: CallbacksContext, row: HeldCallback): Promise<void> {
  const { address, receivedAt } = row
  const { jwt, body } = await openHeld(ctx, row)
  const waitedMs = ctx.clock.now().getTime() - receivedAt.getTime()
  const arrivedAtMs = ctx.clock.monotonicMs() - Math.max(0, waitedMs - clockSkewMs)
  const signature = await ctx.trackunit.callbackKeys.verify(jwt, arrivedAtMs)
  if (signature.outcome === 'unavailable') return
  if (signature.outcome === 'invalid') {
    countRejection(ctx, { reason: 'IDENTITY_INVALID', address, bodyBytes: body.byteLength, jwt })
    return deleteHeld(ctx.db, row.id)
  }

  try {
    if (row.reason !== 'KEYS_UNAVAILABLE') throw new StandinError(row.reason) // The route had refused it, too.
    await applyCallback(ctx, checkCallback(ctx.config, { jwt, signature, body, receivedAt }))
    await deleteHeld(ctx.db, row.id)
  } catch (error) {
    if (!mayBeGenuine(error)) throw error
    await holdCallback(ctx, { state: 'held', reason: error.reason, jwt, body, address, receivedAt })
  }
}
