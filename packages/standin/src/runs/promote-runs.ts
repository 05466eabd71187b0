import type { Transaction } from '../database/database.ts'
import type { RunQueue } from './run-queue.ts'
import { listOpenRuns, lockPromotion, markPromoted, type RunRow } from './run-store.ts'

/** How many runs of one account work or wait for their turn as jobs at once. */
export const accountConcurrency = 2

/**
 * Makes jobs of an account's next runs, as many as its concurrency allows, in the transaction in which a run was
 * accepted or ended: a run is never left behind.
 */
export async function promoteRuns(tx: Transaction, queue: RunQueue, accountId: string): Promise<void> {
  await lockPromotion(tx, accountId)
  for (const run of runsToPromote(await listOpenRuns(tx, accountId))) {
    await markPromoted(tx, run.id)
    await queue.send(tx, run.id)
  }
}

type OpenRun = Pick<RunRow, 'id' | 'actionId' | 'mayOverlap' | 'promotedAt'>

/** Which of the runs that are not ended may become jobs now. @param open the oldest first */
export function runsToPromote<Run extends OpenRun>(open: readonly Run[]): Run[] {
  const promoted: Run[] = open.filter(({ promotedAt }) => promotedAt !== null)
  const next: Run[] = []
  for (const run of open) {
    if (promoted.length + next.length >= accountConcurrency) break
    if (run.promotedAt !== null) continue
    const overlaps = [...promoted, ...next].some(({ actionId }) => actionId === run.actionId)
    if (run.mayOverlap || !overlaps) next.push(run)
  }
  return next
}
