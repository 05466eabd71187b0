import type { CallbackStatus } from '@standin/contracts'
import { StandinError } from '../standin-error.ts'
import { applyAlone, type Outcome } from './apply-group.ts'
import { wasAppliedBefore } from './callback-store.ts'
import type { CallbacksContext } from './callbacks-context.ts'
import type { VerifiedCallback } from './verified-callback.ts'

export interface AppliedCallback {
  status: CallbackStatus
  accountId: string
}

/**
 * Applies a callback, together with those that arrive at the same time. When this returns, it is on disk.
 * @throws StandinError `IDENTITY_EXPIRED`; `RATE_LIMITED` or `OVERLOADED` where a quota is used up
 */
export async function applyCallback(ctx: CallbacksContext, verified: VerifiedCallback): Promise<AppliedCallback> {
  if (verified.identity.expired) {
    // A redelivery is a duplicate however late it comes. An expired identity may not bring anything new.
    if (!(await wasAppliedBefore(ctx.db, verified.callback))) throw new StandinError('IDENTITY_EXPIRED')
    return appliedAs(verified, { status: 'duplicate' })
  }
  const apply = stopsInstallation(verified) ? applyAlone(ctx, verified) : ctx.callbacks.applyInGroup(verified)
  return appliedAs(verified, await apply)
}

/** An uninstall takes effect at once, without waiting for a group. */
const stopsInstallation = ({ callback, bound }: VerifiedCallback) => callback.kind === 'UNINSTALLED' && bound

/** @throws StandinError if a quota refused it */
export function appliedAs({ callback }: VerifiedCallback, outcome: Outcome): AppliedCallback {
  if ('refused' in outcome) throw outcome.refused
  return { status: outcome.status, accountId: callback.body.accountId }
}
