import type { AccountsContext } from '../accounts/accounts-context.ts'
import { claimReviews, endReview, putBackStoppedWork, setAsideStoppedWork } from '../accounts/stopped-account-store.ts'
import type { ActionsContext } from '../actions/actions-context.ts'
import { wakeRuns } from '../runs/wake-runs.ts'
import { reviewSchedules } from './review-schedules.ts'

const atOnce = 20

/**
 * Reviews accounts that changed: whether their runs can continue, and whether their schedules may still start. One worker
 * reviews each change; a failed review is repeated.
 * @returns whether there may be more
 */
export async function reviewAccounts(ctx: ActionsContext & AccountsContext): Promise<boolean> {
  const changed = await claimReviews(ctx.db, atOnce)
  for (const review of changed) {
    const { accountId } = review
    try {
      for (const work of ctx.accounts.awaitingWork) await putBackStoppedWork(ctx.db, work, accountId)
      await wakeRuns(ctx, accountId)
      await reviewSchedules(ctx, accountId)
      await endReview(ctx.db, review)
    } catch (error) {
      ctx.log.error({ err: error, accountId }, 'reviewing an account failed')
    }
  }
  return changed.length === atOnce
}

/** Sets aside what is due of stopped accounts. @returns whether there may be more */
export async function setAsideStopped({ db, accounts }: AccountsContext): Promise<boolean> {
  const isMore = await Promise.all(accounts.awaitingWork.map((work) => setAsideStoppedWork(db, work)))
  return isMore.includes(true)
}
