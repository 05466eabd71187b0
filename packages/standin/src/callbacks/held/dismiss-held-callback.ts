import { type Actor, record } from '../../audit/record.ts'
import { type Context, inTransaction } from '../../context.ts'
import { StandinError } from '../../standin-error.ts'
import { deleteHeld, findHeld } from './held-callback-store.ts'

/**
 * Deletes a held or unverified callback that must not take effect, such as one for another app. It cannot be had back.
 * @throws StandinError `NOT_FOUND`
 */
export async function dismissHeldCallback(ctx: Context, { id, actor }: { id: string; actor: Actor }): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const row = await findHeld(tx.db, id)
    if (!row)
      throw new StandinError('NOT_FOUND', {
        detail: 'There is no held callback with this id. `callbacks held` shows them.',
      })
    await deleteHeld(tx.db, id)
    const { accountId, reason } = row
    await record(tx, {
      actor,
      event: 'callback.dismissed',
      ...(accountId !== null && { accountId }),
      details: { reason },
    })
  })
}
