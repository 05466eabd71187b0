import type { Transaction } from '../database/database.ts'
import { listRunsInLine, markPromoted, type RunInLine } from './run-promotion-store.ts'
import type { RunQueue } from './run-queue.ts'

/** How many runs of one account work or wait for their turn as jobs at once. */
export const accountConcurrency = 2
/** How many more there may be while as many wait for a limit of Trackunit's: those must not hold up the others. */
const setAsideAtMost = 4

/**
 * Makes jobs of an account's next runs, as many as its concurrency allows, in the transaction in which a run was
 * accepted or ended: a run is never left behind. That transaction has called `lockPromotion` first of all.
 */
export async function promoteRuns(tx: Transaction, queue: RunQueue, accountId: string): Promise<void> {
  // Of an action that may not overlap, two may be in line: enough are read for one of each.
  const open = await listRunsInLine(tx, accountId, { next: 2 * (accountConcurrency + setAsideAtMost) })
  await Promise.all(
    runsToPromote(open).flatMap(({ id, urgency }) => [markPromoted(tx, id), queue.send(tx, id, { urgency })]),
  )
}

type OpenRun = Pick<RunInLine, 'id' | 'actionId' | 'mayOverlap' | 'promotedAt' | 'isSetAside'>

/** Which of the runs that are not ended may become jobs now. @param open in the order of their turns */
export function runsToPromote<Run extends OpenRun>(open: readonly Run[]): Run[] {
  const promoted: Run[] = open.filter(({ promotedAt }) => promotedAt !== null)
  const setAside = promoted.filter(({ isSetAside }) => isSetAside).length
  const places = accountConcurrency + Math.min(setAside, setAsideAtMost)
  const next: Run[] = []
  for (const run of open) {
    if (promoted.length + next.length >= places) break
    if (run.promotedAt !== null) continue
    const overlaps = [...promoted, ...next].some(({ actionId }) => actionId === run.actionId)
    if (run.mayOverlap || !overlaps) next.push(run)
  }
  return next
}
