import { type AnyColumn, and, eq, isNotNull, lte, or, type SQL, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../database/database.ts'
import { installations } from './account-table.ts'

/**
 * Whether an account is suspended, paused or being erased. Nothing may start for it. A value and no EXISTS: that, PostgreSQL may
 * answer by reading all accounts.
 */
export const isAccountStopped = (accountId: AnyColumn | SQL) => sql`coalesce((
  select stopped.active_generation is null and coalesce(stopped.suspended_at, stopped.paused_at, stopped.erasing_since) is not null
  from ${installations} stopped where stopped.account_id = ${accountId}), false)`

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

/** 0 while an uninstall is not settled, or its data is being erased: `listUnsettled` decides whether it is time. */
export const uninstallsDue = sql`
  select 0 where exists (
    select from ${installations} where suspended_at is not null or uninstall_signalled_at is not null or erasing_since is not null)`

/** Accounts whose uninstall was not decided in time, and those whose data is being erased. */
export async function listUnsettled(
  db: Database,
  { suspendedBefore, signalledBefore, limit }: { suspendedBefore: Date; signalledBefore: Date; limit: number },
): Promise<Array<{ accountId: string; isErasing: boolean }>> {
  const { accountId, suspendedAt, uninstallSignalledAt, erasingSince } = installations
  return db
    .select({ accountId, isErasing: sql<boolean>`${erasingSince} is not null` })
    .from(installations)
    .where(or(lte(suspendedAt, suspendedBefore), lte(uninstallSignalledAt, signalledBefore), isNotNull(erasingSince)))
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
