import { type Actor, record } from '../audit/record.ts'
import { type Context, inTransaction } from '../context.ts'
import { eraseCredentials, listRejected, lockAccount, updateInstallation } from './account-store.ts'

const atOnce = 100
const sweeper: Actor = { kind: 'system', id: 'sweeper' }

/**
 * Erases credentials that never served and were rejected more than `ABANDONED_AFTER_DAYS` ago. Those that served are
 * uninstalled by the prover, after a fresh refusal.
 * @returns whether there may be more
 */
export async function eraseAbandoned(ctx: Context): Promise<boolean> {
  const before = new Date(ctx.clock.now().getTime() - ctx.config.callback.abandonedAfterMs)
  const abandoned = await listRejected(ctx.db, { before, limit: atOnce })
  for (const { accountId, generation } of abandoned) {
    await inTransaction(ctx, async (tx) => {
      const { credentials } = await lockAccount(tx.db, accountId)
      const row = credentials.find((each) => each.generation === generation)
      if (row?.state !== 'rejected') return // Sent again since.
      await eraseCredentials(tx, row)
      await updateInstallation(tx, accountId, {})
      await record(tx, { actor: sweeper, event: 'credentials.abandoned', accountId, generation })
    })
  }
  return abandoned.length === atOnce
}
