import type { Announcing } from '../context.ts'
import { listRunsInLine, markPromoted, type RunInLine } from './run-promotion-store.ts'

/** How many runs of one account may be worked on, or be due, at the same time. */
export const accountConcurrency = 2
/** How many more there may be while others wait for a rate limit of Trackunit, so that those do not block the account. */
const setAsideAtMost = 4

/**
 * Promotes an account's next runs, as many as its concurrency allows, in the transaction that accepted or ended a run, so that
 * no run is left behind. The transaction must have called `lockPromotion` before it locked the row of any run.
 */
export async function promoteRuns(tx: Announcing, accountId: string): Promise<void> {
  await markPromoted(tx, accountId, runsToPromote(await readLine(tx.db, accountId)))
}

/** An action that may not overlap can have two runs in line: enough are read for one of each. */
export const readLine = (tx: Announcing['db'], accountId: string): Promise<RunInLine[]> =>
  listRunsInLine(tx, accountId, { next: 2 * (accountConcurrency + setAsideAtMost) })

/** An account's line with a run that comes last of its urgency. */
export function withLast<Run extends Pick<RunInLine, 'promotedAt' | 'urgency'>>(
  line: readonly Run[],
  last: NoInfer<Run>,
): Run[] {
  const comesLater = ({ promotedAt, urgency }: Run) => promotedAt === null && urgency > last.urgency
  return [...line.filter((run) => !comesLater(run)), last, ...line.filter(comesLater)]
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
