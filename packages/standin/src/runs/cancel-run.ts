import { type Actor, record } from '../audit/record.ts'
import { type Context, type InTransaction, inTransaction } from '../context.ts'
import { StandinError } from '../standin-error.ts'
import { endQueuedRuns, eraseCheckpoints } from './cancel-store.ts'
import { moveRun } from './move-run.ts'
import { promoteRuns } from './promote-runs.ts'
import { isFinal } from './run-lifecycle.ts'
import { announceDue, listPromotedRuns, lockForMove, lockPromotion } from './run-promotion-store.ts'
import type { RunRow } from './run-store.ts'
import type { RunKey } from './run-table.ts'
import type { RunsContext } from './runs-context.ts'

/**
 * Asks a run to stop; repeated calls are allowed. A run that is worked on stops at its next checkpoint, on any replica. A
 * waiting run with a checkpoint is ended by a worker, which calls `leavePart`. Any other run ends at once.
 * @throws StandinError `RUN_NOT_FOUND`; `RUN_NOT_CANCELLABLE` if it has ended
 */
export async function cancelRun(ctx: Context, { run, actor }: { run: RunKey; actor: Actor }): Promise<RunRow> {
  const { id: runId, accountId } = run
  return inTransaction(ctx, async (tx) => {
    const current = await lockForMove(tx.db, run)
    if (!current) throw new StandinError('RUN_NOT_FOUND')
    const hasPart = current.state === 'waiting' && current.checkpoint !== null
    const row = await moveRun(tx, run, hasPart ? 'wind-up' : 'cancel', { locked: current })
    if (!row) throw new StandinError('RUN_NOT_CANCELLABLE')
    if (hasPart) announceDue(tx.notices)
    tx.notices.send('run_cancel', runId)
    await record(tx, { actor, event: 'run.cancelled', accountId, details: { runId, actionId: row.actionId } })
    if (isFinal(row.state)) await promoteRuns(tx, accountId)
    return row
  })
}

/** Interrupts a run that was cancelled, if this process works on it. Called for each `run_cancel`. */
export function interruptCancelled(ctx: RunsContext, runId: string): void {
  for (const work of ctx.runs.working) if (work.runId === runId) work.abort.abort('cancelled')
}

/** How many rows one batch changes. */
const atOnce = 500

/** Stops runs of an account, because its installation ended. @returns whether there may be more */
export async function stopRunsOf(tx: InTransaction, accountId: string): Promise<boolean> {
  await lockPromotion(tx.db, accountId)
  if ((await endQueuedRuns(tx, accountId, atOnce)) === atOnce) return true
  for (const id of await listPromotedRuns(tx.db, accountId)) {
    const row = await moveRun(tx, { id, accountId }, 'cancel', { reason: 'INSTALLATION_UNINSTALLED' })
    if (row) tx.notices.send('run_cancel', id)
  }
  return (await eraseCheckpoints(tx.db, accountId, atOnce)) === atOnce
}
