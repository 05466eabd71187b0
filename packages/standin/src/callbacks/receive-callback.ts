import { StandinError } from '../standin-error.ts'
import { type AppliedCallback, applyCallback } from './apply-callback.ts'
import type { CallbacksContext } from './callbacks-context.ts'
import { checkCallback } from './check-callback.ts'
import { holdCallback, mayBeGenuine } from './held/hold-callback.ts'

/** A request to the callback's address. */
export interface DeliveredCallback {
  /** The header `Trackunit-Identity`. */
  identity: string | undefined
  body: Uint8Array
  /** On the monotonic clock: an unknown key id is refused only when the keys were fetched after this. */
  arrivedAtMs: number
  /** The sender's, as the server sees it. */
  address: string
  /** The route already refused it, because of the path's secret, for example. If it is genuine it is held, never applied. */
  refusedAs?: 'NOT_FOUND' | 'UNSUPPORTED_MEDIA_TYPE' | undefined
}

/**
 * Verifies who sent a callback, checks that it is about its own account and this app, and applies it. When this returns,
 * the callback is on disk. A refused one that is genuine, or may be, is held first.
 * @throws StandinError why it is refused
 */
export async function receiveCallback(ctx: CallbacksContext, delivered: DeliveredCallback): Promise<AppliedCallback> {
  try {
    const applied = await verifyAndApply(ctx, delivered)
    ctx.metrics.countCallback(applied.status)
    return applied
  } catch (error) {
    ctx.metrics.countCallback({ error })
    throw error
  }
}

async function verifyAndApply(
  ctx: CallbacksContext,
  { identity: jwt, body, arrivedAtMs, address, refusedAs }: DeliveredCallback,
): Promise<AppliedCallback> {
  const receivedAt = ctx.clock.now()
  if (!jwt) throw new StandinError(refusedAs ?? 'IDENTITY_MISSING')
  const original = { jwt, body, address, receivedAt }

  const signature = await ctx.trackunit.callbackKeys.verify(jwt, arrivedAtMs)
  if (signature.outcome === 'invalid') throw new StandinError(refusedAs ?? 'IDENTITY_INVALID')
  if (signature.outcome === 'unavailable') {
    await holdCallback(ctx, { ...original, state: 'unverified', reason: refusedAs ?? 'KEYS_UNAVAILABLE' })
    if (refusedAs) throw new StandinError(refusedAs)
    throw new StandinError('KEYS_UNAVAILABLE', { retryAfterMs: signature.retryAfterMs })
  }

  try {
    if (refusedAs) throw new StandinError(refusedAs)
    return await applyCallback(ctx, checkCallback(ctx.config, { jwt, signature, body, receivedAt }))
  } catch (error) {
    if (mayBeGenuine(error)) await holdCallback(ctx, { ...original, state: 'held', reason: error.reason })
    throw error
  }
}
