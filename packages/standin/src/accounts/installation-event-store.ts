import type { AccountEvent, InstallationEvent } from '@standin/contracts'
import { and, asc, eq, gt, isNotNull, sql } from 'drizzle-orm'
import { grants, signedGrants } from '../access/access-table.ts'
import type { GrantedAccounts } from '../access/authorize.ts'
import type { Announcing, Context } from '../context.ts'
import { advisoryLocks } from '../database/advisory-locks.ts'
import type { Database } from '../database/database.ts'
import { isAmong } from '../database/is-among.ts'
import { limitInText } from '../database/limit-in-text.ts'
import { lastRestore } from '../database/restore-store.ts'
import { restores } from '../database/restore-table.ts'
import { installationEvents, unnumberedEvents } from './installation-event-table.ts'

/** Records an event for services, in the transaction of the change that it is about. */
export async function recordInstallationEvent(
  { db, notices }: Announcing,
  { accountId, type }: Pick<AccountEvent, 'accountId' | 'type'>,
): Promise<void> {
  await db.insert(unnumberedEvents).values({ accountId, type })
  notices.send('installation_event')
}

/**
 * Numbers the events that were committed since the last time, one replica after the other: once a reader has seen a number,
 * no lower one appears. A number given at the insert would allow that, since a transaction may commit later than its
 * successor.
 */
export async function numberInstallationEvents(db: Database): Promise<void> {
  const [waiting] = await db.execute(sql`select 1 from ${unnumberedEvents} limit 1`)
  if (!waiting) return
  await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${advisoryLocks.feedNumbers})`)
    // A separate statement, so that it sees what was committed before the lock was granted.
    await tx.execute(sql`
      with waiting as (delete from ${unnumberedEvents} returning *)
      insert into ${installationEvents} (seq, at, account_id, type)
      select greatest((select max(seq) from ${installationEvents}), (select max(feed_from) from ${restores}), 0) + row_number() over (order by recorded_at, account_id),
        recorded_at, account_id, type
      from waiting`)
  })
}

/**
 * The first event for a reader whose cursor belongs to an earlier history of the database. It may have seen events that a
 * restore has undone.
 * @returns undefined for a cursor of this history, and for one at the beginning
 */
export async function resetAfter(db: Database, after: number): Promise<InstallationEvent | undefined> {
  if (after === 0) return undefined
  const restore = await lastRestore(db)
  const [newest] = await db.execute<{ seq: string | null; now: string }>(
    sql`select max(seq) as seq, now() as now from ${installationEvents}`,
  )
  const from = restore?.feedFrom ?? 0
  const end = Math.max(from, Number(newest?.seq ?? 0))
  if (after >= from && after <= end) return undefined
  const at = after < from && restore ? restore.at : new Date(newest?.now ?? 0)
  return { seq: after < from ? from : end, at: at.toISOString(), accountId: null, type: 'reset' }
}

/** Deletes events from before a moment, but never the newest: the next one is numbered after it. @returns how many */
export async function deleteOldEvents(
  db: Database,
  { before, limit }: { before: Date; limit: number },
): Promise<number> {
  const deleted = await db.execute(sql`
    delete from ${installationEvents} where seq in (
      select seq from (select seq, at from ${installationEvents} order by seq limit ${limit}) as oldest
      where at < ${before.toISOString()}::timestamptz and seq < (select max(seq) from ${installationEvents})
    ) returning 1`)
  return deleted.length
}

/**
 * A page of the events of these accounts after a number, in order, and the number up to which it has all of them.
 * @returns `upTo` is undefined on the last page
 */
export async function listInstallationEvents(
  { db, signedRows }: Pick<Context, 'db' | 'signedRows'>,
  accounts: GrantedAccounts,
  { after, limit }: { after: number; limit: number },
): Promise<{ events: AccountEvent[]; upTo: number | undefined }> {
  const service = typeof accounts === 'object' && 'service' in accounts ? accounts.service : undefined
  const isOfGrant = and(
    eq(grants.service, service ?? ''),
    sql`${grants.accountId} = ${installationEvents.accountId}::text`,
  )
  const rows = await db
    .select({ event: installationEvents, grant: grants })
    .from(installationEvents)
    .leftJoin(grants, isOfGrant)
    .where(
      and(
        gt(installationEvents.seq, after),
        service === undefined ? undefined : isNotNull(grants.service),
        Array.isArray(accounts) ? isAmong(installationEvents.accountId, accounts) : undefined,
      ),
    )
    .orderBy(asc(installationEvents.seq))
    .limit(limitInText(limit))
  const readable = rows.filter(({ grant }) => grant === null || signedRows.accept(signedGrants, grant))
  return {
    events: readable.map(({ event: { at, ...event } }) => ({ ...event, at: at.toISOString() })),
    upTo: rows.length === limit ? rows.at(-1)?.event.seq : undefined,
  }
}
