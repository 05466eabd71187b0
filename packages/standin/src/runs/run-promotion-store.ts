import { and, asc, eq, gt, inArray, isNotNull, isNull, notInArray, or, sql } from 'drizzle-orm'
import type { Transaction } from '../database/database.ts'
import type { RunRow } from './run-store.ts'
import { runs } from './run-table.ts'

/**
 * One promotion at a time for an account, until the transaction ends. Taken before the row of any run: the other order
 * would be a deadlock with whoever promotes that run.
 */
export async function lockPromotion(tx: Transaction, accountId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`promotion ${accountId}`}, 0))`)
}

/** What a decision about turns needs to know of a run. */
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

/** An account's runs that are jobs, and the next ones in line: never all, of which there may be ten thousand. */
export async function listRunsInLine(
  tx: Transaction,
  accountId: string,
  { next }: { next: number },
): Promise<RunInLine[]> {
  const promoted = await tx
    .select(inLine)
    .from(runs)
    .where(and(eq(runs.accountId, accountId), isNotNull(runs.promotedAt), isNull(runs.endedAt)))
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
        taken.length > 0 ? or(runs.mayOverlap, notInArray(runs.actionId, taken)) : undefined,
      ),
    )
    .orderBy(asc(runs.urgency), asc(runs.createdAt), asc(runs.id))
    .limit(next)
  return [...promoted, ...queued]
}

export async function markPromoted(tx: Transaction, runId: string): Promise<void> {
  await tx.update(runs).set({ promotedAt: sql`now()` }).where(eq(runs.id, runId))
}

/** Runs of an account that are jobs and not ended. */
export async function listPromotedRuns(tx: Transaction, accountId: string): Promise<string[]> {
  const rows = await tx
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.accountId, accountId), isNotNull(runs.promotedAt), isNull(runs.endedAt)))
  return rows.map(({ id }) => id)
}

/** Runs of all accounts that had their turn and that no worker has. */
export async function listPromotedWaiting(
  tx: Transaction,
): Promise<Array<Pick<RunRow, 'id' | 'urgency' | 'waitingUntil'>>> {
  return tx
    .select({ id: runs.id, urgency: runs.urgency, waitingUntil: runs.waitingUntil })
    .from(runs)
    .where(and(isNotNull(runs.promotedAt), inArray(runs.state, ['queued', 'waiting'])))
}

/** Runs of an account that wait for its access need not wait any more. @returns which: each is told to one caller only */
export async function endWaitForAccess(
  tx: Transaction,
  accountId: string,
): Promise<Array<Pick<RunRow, 'id' | 'urgency'>>> {
  return tx
    .update(runs)
    .set({ waitingUntil: sql`now()` })
    .where(
      and(
        eq(runs.accountId, accountId),
        eq(runs.state, 'waiting'),
        inArray(runs.reason, ['CREDENTIALS_REJECTED', 'CREDENTIALS_PENDING']),
        gt(runs.waitingUntil, sql`now()`),
      ),
    )
    .returning({ id: runs.id, urgency: runs.urgency })
}
