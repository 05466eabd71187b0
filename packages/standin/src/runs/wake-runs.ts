import { accessOf, stopOf } from '../accounts/credentials-in-force.ts'
import { type Context, inTransaction } from '../context.ts'
import { announceDue, endWaitForAccess } from './run-promotion-store.ts'
import type { RunsContext } from './runs-context.ts'

/** Makes runs that wait for their account's access due as soon as it works again. Called when an installation changes. */
export async function wakeRuns(ctx: Context, accountId: string): Promise<void> {
  if ((await accessOf(ctx.db, accountId)) !== 'works') return
  await inTransaction(ctx, async (tx) => {
    if (await endWaitForAccess(tx.db, accountId)) announceDue(tx.notices)
  })
}

/**
 * Interrupts the runs of this process whose account an uninstall or the operator has stopped: they wait until it is restored or
 * resumed. Called when an installation changes.
 * @param accountId undefined: changes may have been missed, so every account with a run here is checked
 */
export async function suspendRuns(ctx: RunsContext, accountId?: string): Promise<void> {
  const working = [...ctx.runs.working].filter((work) => accountId === undefined || work.accountId === accountId)
  for (const of of new Set(working.map((work) => work.accountId))) {
    const stop = await stopOf(ctx, of)
    if (stop) for (const work of working) if (work.accountId === of) work.abort.abort(stop)
  }
}
