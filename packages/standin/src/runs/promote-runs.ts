import type { Announcing } from '../context.ts'
import { listRunsInLine, markPromoted, type RunInLine } from './run-promotion-store.ts'

/** How many runs of one account may be worked on, or be due, at the same time. */
export const accountConcurrency = 2
/** How many more there may be while as many wait for a rate limit of Trackunit: those must not block the others. */
const setAsideAtMost = 4

/**
 * Promotes an account's next runs, as many as its concurrency allows, in the transaction that accepted or ended a run:
 * no run is left behind. The transaction has called `lockPromotion` before it took the row of any run.
 */
export async function promoteRuns(tx: Announcing, accountId: string): Promise<void> {
  // Of an action that may not overlap, two may be in line: enough are read for one of each.
  const open = await listRunsInLine(tx.db, accountId, { next: 2 * (accountConcurrency + setAsideAtMost) })
  await markPromoted(
    tx,
    accountId,
    runsToPromote(open).map(({ id }) => id),
  )
}

type OpenRun = Pick<RunInLine, 'id' | 'actionId' | 'mayOverlap' | 'promotedAt' | 'isSetAside'>

/** Which open runs are promoted now. @param open in the order of their turns */
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
