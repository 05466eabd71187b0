import type { Caller } from '../access/caller.ts'
import { requireInstalled } from '../accounts/hold-installed.ts'
import type { ActionsContext } from '../actions/actions-context.ts'
import { inTransaction } from '../context.ts'
import { StandinError } from '../standin-error.ts'
import { insertDeclined } from './declined-offer-store.ts'

/**
 * Declines the schedule that the app offers a user for an action.
 * @throws StandinError `ACTION_NOT_FOUND`: otherwise a caller could store a row for every id they make up;
 *   `INSTALLATION_NOT_FOUND`
 */
export async function declineOffer(
  ctx: ActionsContext,
  caller: Caller,
  { accountId, actionId }: { accountId: string; actionId: string },
): Promise<void> {
  if (!ctx.actions.find(actionId)) throw new StandinError('ACTION_NOT_FOUND')
  if (caller.kind !== 'user') return
  await inTransaction(ctx, async (tx) => {
    await requireInstalled(tx, accountId)
    await insertDeclined(tx.db, { accountId, userId: caller.id, actionId })
  })
}
