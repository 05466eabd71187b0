import { claimReviews, endReview } from '../accounts/stopped-account-store.ts'
import type { ActionsContext } from '../actions/actions-context.ts'
import { wakeRuns } from '../runs/wake-runs.ts'
import { reviewSchedules } from './review-schedules.ts'

const atOnce = 20

/**
 * Reviews accounts that changed: whether their runs can continue, and whether their schedules may still start. One worker
 * reviews each change; a failed review is repeated.
 * @returns whether there may be more
 */
export async function reviewAccounts(ctx: ActionsContext): Promise<boolean> {
  const changed = await claimReviews(ctx.db, atOnce)
  for (const review of changed) {
    const { accountId } = review
    try {
      await wakeRuns(ctx, accountId)
      await reviewSchedules(ctx, accountId)
      await endReview(ctx.db, review)
    } catch (error) {
      ctx.log.error({ err: error, accountId }, 'reviewing an account failed')
    }
  }
  return changed.length === atOnce
}
