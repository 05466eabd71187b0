import type { InstallationEvent } from '@standin/contracts'
import { and, asc, gt, inArray, sql } from 'drizzle-orm'
import type { GrantedAccounts } from '../access/authorize.ts'
import type { Database, Transaction } from '../database/database.ts'
import { installationEvents } from './installation-event-table.ts'

/** Any number, the same in every replica. */
const numberingLock = 7_261_003

/** Tells services of a change of an account, in the transaction of that change. */
export async function recordInstallationEvent(
  tx: Transaction,
  { accountId, type }: Pick<InstallationEvent, 'accountId' | 'type'>,
): Promise<void> {
  await tx
    .insert(installationEvents)
    .values({ accountId, type })
    // Heard by every replica when this transaction commits.
    .returning({ told: sql`pg_notify('installation_event', '')` })
}

/**
 * Numbers what was committed since the last time, one numberer after the other: a number that is seen is never
 * followed by a lower one. A number given at the insert would be, by a transaction that commits later.
 */
export async function numberInstallationEvents(db: Database): Promise<void> {
  const [waiting] = await db.execute(sql`select 1 from ${installationEvents} where seq is null limit 1`)
  if (!waiting) return
  await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${numberingLock})`)
    // A statement of its own: it sees what was committed until the lock was had.
    await tx.execute(sql`
      update ${installationEvents} set seq = numbered.seq
      from (
        select id, (select coalesce(max(seq), 0) from ${installationEvents}) + row_number() over (order by id) as seq
        from ${installationEvents} where seq is null
      ) as numbered
      where ${installationEvents}.id = numbered.id`)
  })
}

/** Events of these accounts after a number, in order. */
export async function listInstallationEvents(
  db: Database,
  accounts: GrantedAccounts,
  { after, limit }: { after: number; limit: number },
): Promise<InstallationEvent[]> {
  if (accounts.length === 0) return []
  const rows = await db
    .select()
    .from(installationEvents)
    .where(
      and(
        gt(installationEvents.seq, after),
        accounts === 'all' ? undefined : inArray(installationEvents.accountId, [...accounts]),
      ),
    )
    .orderBy(asc(installationEvents.seq))
    .limit(limit)
  return rows.map(({ seq, at, accountId, type }) => ({ seq: seq ?? 0, at: at.toISOString(), accountId, type }))
}
