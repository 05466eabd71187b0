import { type Actor, record } from '../audit/record.ts'
import type { Database, Transaction } from '../database/database.ts'
import { StandinError } from '../standin-error.ts'
import { promoteRuns } from './promote-runs.ts'
import { isFinal } from './run-lifecycle.ts'
import { listPromotedRuns, lockPromotion } from './run-promotion-store.ts'
import type { RunQueue } from './run-queue.ts'
import { accountOfRun, lockRun, type RunRow } from './run-store.ts'
import { announceCancel, endQueuedRuns, eraseCheckpointsOf, moveRun } from './run-transition-store.ts'

/**
 * Asks a run to stop, also one that was asked before. One that works stops at its next checkpoint, on whichever replica
 * it is; one that waits with something to show is ended by a worker, which makes it readable; any other ends at once.
 * @throws StandinError `RUN_NOT_CANCELLABLE` when it has ended
 */
export async function cancelRun(
  db: Database,
  queue: RunQueue,
  { runId, actor }: { runId: string; actor: Actor },
): Promise<RunRow> {
  return db.transaction(async (tx) => {
    const accountId = await accountOfRun(tx, runId)
    if (accountId === undefined) throw new StandinError('RUN_NOT_FOUND')
    await lockPromotion(tx, accountId)
    const current = await lockRun(tx, runId)
    const hasSomethingToShow = current?.state === 'waiting' && current.checkpoint !== null
    const row = await moveRun(tx, runId, hasSomethingToShow ? 'wind-up' : 'cancel')
    if (!row) throw new StandinError('RUN_NOT_CANCELLABLE')
    if (hasSomethingToShow) await queue.send(tx, runId, { urgency: row.urgency })
    await announceCancel(tx, runId)
    await record(tx, {
      actor,
      event: 'run.cancelled',
      accountId,
      details: { runId, actionId: row.actionId },
    })
    if (isFinal(row.state)) await promoteRuns(tx, queue, accountId)
    return row
  })
}

/** Stops all that an account has going, because its installation ended. */
export async function stopRunsOf(tx: Transaction, accountId: string): Promise<void> {
  await lockPromotion(tx, accountId)
  await endQueuedRuns(tx, accountId, 'INSTALLATION_UNINSTALLED')
  for (const runId of await listPromotedRuns(tx, accountId)) {
    const row = await moveRun(tx, runId, 'cancel', { reason: 'INSTALLATION_UNINSTALLED' })
    if (row) await announceCancel(tx, runId)
  }
  await eraseCheckpointsOf(tx, accountId)
}
