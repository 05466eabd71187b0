import { accessOf } from '../accounts/credentials-in-force.ts'
import { type Context, inTransaction } from '../context.ts'
import { announceDue, endWaitForAccess } from './run-promotion-store.ts'

/** Makes runs that wait for their account's access due as soon as it works again. Called when an installation changes. */
export async function wakeRuns(ctx: Context, accountId: string): Promise<void> {
  if ((await accessOf(ctx.db, accountId)) !== 'works') return
  await inTransaction(ctx, async (tx) => {
    if (await endWaitForAccess(tx.db, accountId)) await announceDue(tx.db)
  })
}
