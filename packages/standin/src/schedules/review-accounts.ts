import { claimUnreviewed } from '../accounts/stopped-account-store.ts'
import type { ActionsContext } from '../actions/actions-context.ts'
import { wakeRuns } from '../runs/wake-runs.ts'
import { reviewSchedules } from './review-schedules.ts'

const atOnce = 20

/**
 * Looks at accounts that changed: whether their runs can continue, and whether their schedules may still start. One worker does
 * it for each change, however many there are.
 * @returns whether there may be more
 */
export async function reviewAccounts(ctx: ActionsContext): Promise<boolean> {
  const changed = await claimUnreviewed(ctx.db, atOnce)
  for (const accountId of changed)
    try {
      await wakeRuns(ctx, accountId)
      await reviewSchedules(ctx, accountId)
    } catch (error) {
      ctx.log.error({ err: error, accountId }, 'reviewing an account failed')
    }
  return changed.length === atOnce
}
