import { and, eq, gt, inArray, isNotNull, isNull, sql } from 'drizzle-orm'
import { reasonOfStop } from '../accounts/credentials-in-force.ts'
import type { Announcing } from '../context.ts'
import type { Transaction } from '../database/database.ts'
import { isAmong } from '../database/is-among.ts'
import type { Notices } from '../database/notices.ts'
import { openStates } from './run-lifecycle.ts'
import { lockRun, type RunRow } from './run-store.ts'
import { type RunKey, runs } from './run-table.ts'

/**
 * Allows one promotion at a time for an account, until the transaction ends. Call it before locking the row of any run: the
 * opposite order would deadlock with a transaction that promotes that run.
 */
export async function lockPromotion(tx: Transaction, accountId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`promotion ${accountId}`}, 0))`)
}

/**
 * The same, and locks the row of a run. Both statements are sent together; PostgreSQL executes them in this order.
 * @returns the run, if it exists
 */
export async function lockForMove(tx: Transaction, run: RunKey): Promise<RunRow | undefined> {
  const [, row] = await Promise.all([lockPromotion(tx, run.accountId), lockRun(tx, run)])
  return row
}

/** What the decision about promotions needs to know about a run. */
export type RunInLine = Pick<RunRow, 'id' | 'actionId' | 'mayOverlap' | 'promotedAt' | 'urgency'> & {
  /** Whether it waits for longer than a moment. */
  isSetAside: boolean
}

const isPromoted = (accountId: string) =>
  and(eq(runs.accountId, accountId), isNotNull(runs.promotedAt), isNull(runs.endedAt))

/** An account's promoted runs and the next ones in line. Never all of them, which can be ten thousand. */
export async function listRunsInLine(
  tx: Transaction,
  accountId: string,
  { next }: { next: number },
): Promise<RunInLine[]> {
  const rows = await tx.execute<Omit<RunInLine, 'promotedAt'> & { promotedAtMs: number | null }>(sql`
    with open as (
      select id, action_id, may_overlap, urgency, created_at, promoted_at,
        state = 'waiting' and waiting_until > now() + interval '5 seconds' as is_set_aside
      from ${runs} where ${isPromoted(accountId)}
    ), queued as (
      select id, action_id, may_overlap, urgency, created_at, promoted_at, false as is_set_aside
      from ${runs} where account_id = ${accountId} and state = 'queued' and promoted_at is null
        and (may_overlap or action_id not in (select action_id from open where not may_overlap))
      order by urgency, created_at, id limit ${next}
    )
    select id, action_id as "actionId", may_overlap as "mayOverlap", urgency::int, is_set_aside as "isSetAside",
      extract(epoch from promoted_at)::float8 * 1000 as "promotedAtMs"
    from (select * from open union all select * from queued) as line
    order by promoted_at is null, case when promoted_at is null then urgency end, created_at, id`)
  return rows.map(({ promotedAtMs, ...run }) => ({
    ...run,
    promotedAt: promotedAtMs === null ? null : new Date(Math.round(promotedAtMs)),
  }))
}

/** How many runs of an account's action have not ended. */
export async function countOpenRuns(tx: Transaction, accountId: string, actionId: string): Promise<number> {
  const isOpen = inArray(runs.state, openStates)
  const [row] = await tx.execute<{ open: number }>(sql`
    select count(*)::int as open from ${runs} where account_id = ${accountId} and action_id = ${actionId} and ${isOpen}`)
  return row?.open ?? 0
}

/** How many runs of an account's action one person has started that have not ended; counted no further than `most`. */
export async function countOpenRunsOf(
  tx: Transaction,
  { accountId, actionId, userId, most }: { accountId: string; actionId: string; userId: string; most: number },
): Promise<number> {
  const [row] = await tx.execute<{ open: number }>(sql`
    select count(*)::int as open from (
      select from ${runs} where account_id = ${accountId} and action_id = ${actionId} and ${inArray(runs.state, openStates)}
        and started_by ->> 'kind' = 'user' and started_by ->> 'id' = ${userId} limit ${most}) few`)
  return row?.open ?? 0
}

/** Makes runs due and wakes the workers when the transaction commits. */
export async function markPromoted(
  { db, notices }: Announcing,
  accountId: string,
  promoted: readonly Pick<RunRow, 'id'>[],
): Promise<void> {
  if (promoted.length === 0) return
  const runIds = promoted.map(({ id }) => id)
  await db
    .update(runs)
    .set({ promotedAt: sql`now()` })
    .where(and(eq(runs.accountId, accountId), isAmong(runs.id, runIds)))
  announceDue(notices)
}

/** Wakes the workers of all replicas: a run is due, or will be at a known time. */
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
        inArray(runs.reason, ['CREDENTIALS_REJECTED', 'CREDENTIALS_PENDING', ...Object.values(reasonOfStop)]),
        gt(runs.waitingUntil, sql`now()`),
      ),
    )
    .returning({ id: runs.id })
  return woken.length > 0
}
