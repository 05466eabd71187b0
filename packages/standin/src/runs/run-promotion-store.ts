import { and, asc, eq, gt, inArray, isNotNull, isNull, not, or, sql } from 'drizzle-orm'
import type { Announcing } from '../context.ts'
import type { Transaction } from '../database/database.ts'
import { isAmong } from '../database/is-among.ts'
import type { Notices } from '../database/notices.ts'
import type { RunRow } from './run-store.ts'
import { runs } from './run-table.ts'

/**
 * One promotion at a time for an account, until the transaction ends. Taken before the row of any run: the opposite
 * order would deadlock with a transaction that promotes that run.
 */
export async function lockPromotion(tx: Transaction, accountId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`promotion ${accountId}`}, 0))`)
}

/** What a decision about turns needs to know about a run. */
export type RunInLine = Pick<RunRow, 'id' | 'actionId' | 'mayOverlap' | 'promotedAt' | 'urgency'> & {
  /** It waits for more than a moment. */
  isSetAside: boolean
}

const inLine = {
  id: runs.id,
  actionId: runs.actionId,
  mayOverlap: runs.mayOverlap,
  promotedAt: runs.promotedAt,
  urgency: runs.urgency,
  isSetAside: sql<boolean>`${runs.state} = 'waiting' and ${runs.waitingUntil} > now() + interval '5 seconds'`,
}

const isPromoted = (accountId: string) =>
  and(eq(runs.accountId, accountId), isNotNull(runs.promotedAt), isNull(runs.endedAt))

/** An account's promoted runs, and the next ones in line: never all, which can be ten thousand. */
export async function listRunsInLine(
  tx: Transaction,
  accountId: string,
  { next }: { next: number },
): Promise<RunInLine[]> {
  const promoted = await tx
    .select(inLine)
    .from(runs)
    .where(isPromoted(accountId))
    .orderBy(asc(runs.createdAt), asc(runs.id))
  const taken = promoted.filter(({ mayOverlap }) => !mayOverlap).map(({ actionId }) => actionId)
  const queued = await tx
    .select(inLine)
    .from(runs)
    .where(
      and(
        eq(runs.accountId, accountId),
        eq(runs.state, 'queued'),
        isNull(runs.promotedAt),
        or(runs.mayOverlap, not(isAmong(runs.actionId, taken))),
      ),
    )
    .orderBy(asc(runs.urgency), asc(runs.createdAt), asc(runs.id))
    .limit(next)
  return [...promoted, ...queued]
}

/** Makes runs due and wakes the workers when the transaction commits. */
export async function markPromoted(
  { db, notices }: Announcing,
  accountId: string,
  runIds: readonly string[],
): Promise<void> {
  if (runIds.length === 0) return
  await db
    .update(runs)
    .set({ promotedAt: sql`now()` })
    .where(and(eq(runs.accountId, accountId), isAmong(runs.id, runIds)))
  announceDue(notices)
}

/** Wakes the workers of all replicas: a run is due, or it is known when it will be. */
export const announceDue = (notices: Notices) => notices.send('run_due')

/** An account's promoted runs that have not ended. */
export async function listPromotedRuns(tx: Transaction, accountId: string): Promise<string[]> {
  const rows = await tx.select({ id: runs.id }).from(runs).where(isPromoted(accountId))
  return rows.map(({ id }) => id)
}

/** Makes the runs of an account that wait for its access due now. @returns whether there were any */
export async function endWaitForAccess(tx: Transaction, accountId: string): Promise<boolean> {
  const woken = await tx
    .update(runs)
    .set({ waitingUntil: sql`now()` })
    .where(
      and(
        eq(runs.accountId, accountId),
        eq(runs.state, 'waiting'),
        inArray(runs.reason, ['CREDENTIALS_REJECTED', 'CREDENTIALS_PENDING', 'INSTALLATION_UNINSTALLED']),
        gt(runs.waitingUntil, sql`now()`),
      ),
    )
    .returning({ id: runs.id })
  return woken.length > 0
}
