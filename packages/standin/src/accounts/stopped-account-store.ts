import { type AnyColumn, and, eq, isNotNull, lte, or, type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core'
import type { Database, Transaction } from '../database/database.ts'
import { installations, unsettledAt } from './account-table.ts'

const isStopped = sql`(
  stopped.active_generation is null and coalesce(stopped.suspended_at, stopped.paused_at, stopped.erasing_since) is not null)`

/**
 * Whether an account is suspended, paused or being erased. Nothing may start for it. A value and no EXISTS: that, PostgreSQL may
 * answer by reading all accounts.
 */
export const isAccountStopped = (accountId: AnyColumn | SQL) => sql`coalesce((
  select ${isStopped} from ${installations} stopped where stopped.account_id = ${accountId}), false)`

/** A table with work that may be due while its account is stopped. */
export interface AwaitingWork {
  table: PgTable & { accountId: AnyPgColumn }
  /** The columns of its primary key besides the account. */
  key: SQL
  /** What its index of due work has, and that the time has come. */
  isDue: SQL
  /** The order of that index. */
  order: SQL
}

const firstDue = ({ table, key, isDue, order }: AwaitingWork, limit: SQL) =>
  sql`select account_id, ${key} from ${table} where ${isDue} order by ${order} limit ${limit}`

/** 0 while some of what is due first belongs to stopped accounts. */
export const stoppedWorkDue = (works: readonly AwaitingWork[]) => {
  const isFirst = (work: AwaitingWork) =>
    sql`exists (select from (${firstDue(work, sql`20`)}) first where ${isAccountStopped(sql`first.account_id`)})`
  return sql`select 0 where ${or(...works.map(isFirst))}`
}

/**
 * Sets aside what is due first and belongs to stopped accounts, so that no look for work reads it again. An account that is
 * changing at this moment is left for the next time: what is set aside is put back by a review that follows the account's next change.
 * @returns whether there may be more
 */
export async function setAsideStoppedWork(db: Database, work: AwaitingWork): Promise<boolean> {
  const { table, key } = work
  const setAside = await db.execute(sql`
    with first as (${firstDue(work, sql`500`)}), due as (
      select account_id as due_account_id, ${key} from ${table}
      where (account_id, ${key}) in (select * from first where ${isAccountStopped(sql`first.account_id`)})
      for update skip locked
    ), stopped as (
      select account_id from ${installations} stopped
      where account_id in (select due_account_id from due) and ${isStopped} for share skip locked
    )
    update ${table} set awaits_account = true
    where (account_id, ${key}) in (select * from due where due_account_id in (select account_id from stopped))
    returning 1`)
  return setAside.length > 0
}

/** Lets what was set aside of an account be looked at again, unless the account is still stopped. */
export async function putBackStoppedWork(db: Database, { table }: AwaitingWork, accountId: string): Promise<void> {
  await db.execute(sql`
    update ${table} set awaits_account = false
    where account_id = ${accountId} and awaits_account and not ${isAccountStopped(sql`${accountId}::uuid`)}`)
}

/** Longer than a review takes. If a worker dies, its accounts wait this long for the next one. */
const reviewMs = 30_000

const isToBeReviewed = sql`is_unreviewed and coalesce(reviewing_until <= now(), true)`

/** 0 while a changed account waits for a review. */
export const reviewsDue = sql`select 0 where exists (select from ${installations} where ${isToBeReviewed})`

/** The review of a changed account. */
export interface Review {
  accountId: string
  until: Date
}

/** Claims accounts that changed since their last review. */
export async function claimReviews(db: Database, limit: number): Promise<Review[]> {
  const claimed = await db.execute<{ accountId: string; untilMs: number }>(sql`
    with changed as (
      select account_id from ${installations} where ${isToBeReviewed} limit ${limit} for update skip locked
    )
    update ${installations} set reviewing_until = now() + ${reviewMs} * interval '1 millisecond'
    where account_id in (select * from changed)
    returning account_id as "accountId", extract(epoch from reviewing_until)::float8 * 1000 as "untilMs"`)
  return claimed.map(({ accountId, untilMs }) => ({ accountId, until: new Date(Math.round(untilMs)) }))
}

/** Marks an account as reviewed, unless it has changed in the meantime. */
export async function endReview(db: Database, { accountId, until }: Review): Promise<void> {
  await db
    .update(installations)
    .set({ isUnreviewed: false, reviewingUntil: null })
    .where(and(eq(installations.accountId, accountId), eq(installations.reviewingUntil, until)))
}

/**
 * 0 while an uninstall has waited for so long, or its data is being erased: `listUnsettled` decides whether it is time. In the order
 * of the index: PostgreSQL knows nothing about how many there are, and would read all accounts.
 */
export const uninstallsDue = (afterMs: number) => sql`
  select 0 from ${installations} where ${unsettledAt(installations)} <= now() - ${sql.raw(String(afterMs))} * interval '1 millisecond'
  order by ${unsettledAt(installations)} limit 1`

/** Accounts whose uninstall was not decided in time, and those whose data is being erased. */
export async function listUnsettled(
  db: Database,
  { suspendedBefore, signalledBefore, limit }: { suspendedBefore: Date; signalledBefore: Date; limit: number },
): Promise<Array<{ accountId: string; isErasing: boolean }>> {
  const { accountId, suspendedAt, uninstallSignalledAt, erasingSince } = installations
  return db
    .select({ accountId, isErasing: sql<boolean>`${erasingSince} is not null` })
    .from(installations)
    .where(
      and(
        lte(
          unsettledAt(installations),
          sql`greatest(${suspendedBefore.toISOString()}::text::timestamptz, ${signalledBefore.toISOString()}::text::timestamptz)`,
        ),
        or(lte(suspendedAt, suspendedBefore), lte(uninstallSignalledAt, signalledBefore), isNotNull(erasingSince)),
      ),
    )
    .orderBy(unsettledAt(installations))
    .limit(limit)
}

/** Protects an account's row from changes until the transaction ends. Several transactions can do so at once. */
export async function shareInstallation(tx: Transaction, accountId: string): Promise<void> {
  await tx
    .select({ accountId: installations.accountId })
    .from(installations)
    .where(eq(installations.accountId, accountId))
    .for('share')
}
