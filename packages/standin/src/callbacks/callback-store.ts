import type { TrackunitCallback } from '@standin/contracts'
import { and, desc, eq, lte, sql } from 'drizzle-orm'
import { credentials } from '../accounts/account-table.ts'
import type { InTransaction } from '../context.ts'
import type { Database } from '../database/database.ts'
import { callbackIdentities, callbacks } from './callback-table.ts'
import { heldCallbacks } from './held/held-callback-table.ts'
import { callbackDigest } from './verified-callback.ts'

export type CallbackRow = typeof callbacks.$inferSelect

/** Whether the same content was applied before, whichever JWT it came under. */
export async function wasAppliedBefore(db: Database, callback: TrackunitCallback): Promise<boolean> {
  const isSame = and(
    eq(callbacks.contentDigest, callbackDigest(callback)),
    eq(callbacks.accountId, callback.body.accountId),
  )
  const [row] = await db.select({ id: callbacks.id }).from(callbacks).where(isSame).limit(1)
  return row !== undefined
}

/** Unbound first installs that wait for their proof, counted up to `atMost`. */
export async function countUnprovenUnbound(db: Database, atMost: number): Promise<number> {
  const waiting = db
    .select({ generation: credentials.generation })
    .from(credentials)
    // Those that wait have a next attempt, which has an index.
    .where(
      sql`${credentials.nextAttemptAt} is not null and ${credentials.state} = 'pending' and not ${credentials.bound}`,
    )
    .limit(atMost)
    .as('waiting')
  const [row] = await db.select({ count: sql<number>`count(*)::int` }).from(waiting)
  return row?.count ?? 0
}

/** Deletes entries older than `before` that belong to no credentials. @returns how many */
export async function deleteOldCallbacks(
  db: Database,
  { before, limit }: { before: Date; limit: number },
): Promise<number> {
  const deleted = await db.execute(sql`
    with old as (
      select account_id, id from ${callbacks}
      where generation is null and received_at < ${before.toISOString()}::timestamptz
      order by received_at limit ${limit} for update skip locked
    ) delete from ${callbacks} where (account_id, id) in (select * from old) returning 1`)
  return deleted.length
}

/** Deletes what is known about JWTs that arrived before a moment. @returns the number of rows */
export async function deleteOldIdentities(
  db: Database,
  { before, limit }: { before: Date; limit: number },
): Promise<number> {
  const deleted = await db.execute(sql`
    with old as (
      select identity_digest, account_id, content_digest, issued_at from ${callbackIdentities}
      where received_at < ${before.toISOString()}::timestamptz limit ${limit} for update skip locked
    ) delete from ${callbackIdentities} 
    where (identity_digest, account_id, content_digest, issued_at) in (select * from old) returning 1`)
  return deleted.length
}

export async function newestCallbacks(db: Database, limit: number): Promise<CallbackRow[]> {
  return db.select().from(callbacks).orderBy(desc(callbacks.receivedAt)).limit(limit)
}

/** An account's callbacks, the newest first, older than `after.at`; with `after.id`, those that follow that callback. */
export async function listCallbacksOf(
  db: Database,
  accountId: string,
  { after, limit }: { after: { at: Date; id?: string | undefined } | undefined; limit: number },
): Promise<CallbackRow[]> {
  const [at, id] = [after?.at.toISOString() ?? null, after?.id ?? '00000000-0000-0000-0000-000000000000']
  return db
    .select()
    .from(callbacks)
    .where(
      and(
        eq(callbacks.accountId, accountId),
        sql`(${callbacks.receivedAt}, ${callbacks.id}) < (coalesce(${at}::text::timestamptz, 'infinity'), ${id}::uuid)`,
      ),
    )
    .orderBy(desc(callbacks.receivedAt), desc(callbacks.id))
    .limit(limit)
}

/** Erases the contents of an account's callbacks up to its uninstall. A held one that came later may be a new installation. */
export async function eraseCallbacksOf(tx: InTransaction, accountId: string, uninstalledAt: Date): Promise<void> {
  await tx.db
    .delete(heldCallbacks)
    .where(and(eq(heldCallbacks.accountId, accountId), lte(heldCallbacks.receivedAt, uninstalledAt)))
  await tx.db
    .update(callbacks)
    .set({ sealedBody: null })
    .where(and(eq(callbacks.accountId, accountId), lte(callbacks.receivedAt, uninstalledAt)))
}
