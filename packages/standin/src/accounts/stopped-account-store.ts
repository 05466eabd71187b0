import { type AnyColumn, eq, isNotNull, lte, or, type SQL, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../database/database.ts'
import { installations } from './account-table.ts'

/** Whether an uninstall has stopped an account: it is suspended, or being erased. Nothing may start for it. */
export const isAccountStopped = (accountId: AnyColumn | SQL) => sql`exists (
  select from ${installations} stopped where stopped.account_id = ${accountId} and stopped.active_generation is null
    and coalesce(stopped.suspended_at, stopped.erasing_since) is not null)`

/** 0 while an account changed that no worker has looked at. */
export const reviewsDue = sql`select 0 where exists (select from ${installations} where is_unreviewed)`

/** Claims accounts that changed since a worker looked at them. One that dies before it has looked loses time only. */
export async function claimUnreviewed(db: Database, limit: number): Promise<string[]> {
  const claimed = await db.execute<{ accountId: string }>(sql`
    with changed as (
      select account_id from ${installations} where is_unreviewed limit ${limit} for update skip locked
    )
    update ${installations} set is_unreviewed = false where account_id in (select * from changed)
    returning account_id as "accountId"`)
  return claimed.map(({ accountId }) => accountId)
}

/** 0 while an uninstall is not settled, or its data is being erased: whether it is time decides `listUnsettled`. */
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

/** Keeps the state of an account until the transaction ends; others may keep it too. */
export async function shareInstallation(tx: Transaction, accountId: string): Promise<void> {
  await tx
    .select({ accountId: installations.accountId })
    .from(installations)
    .where(eq(installations.accountId, accountId))
    .for('share')
}
