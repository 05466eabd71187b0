import { and, desc, eq, lte, sql } from 'drizzle-orm'
import { credentials } from '../accounts/credential-table.ts'
import type { Database, Transaction } from '../database/database.ts'
import { callbacks } from './callback-table.ts'
import type { CallbackNews } from './follow-callbacks.ts'
import { heldCallbacks } from './held/held-callback-table.ts'

export type CallbackRow = typeof callbacks.$inferSelect

/** Whether the same content was taken before, whichever JWT brought it. */
export async function wasTakenBefore(
  db: Database,
  { accountId, contentDigest }: { accountId: string; contentDigest: string },
): Promise<boolean> {
  const [row] = await db
    .select({ id: callbacks.id })
    .from(callbacks)
    .where(and(eq(callbacks.contentDigest, contentDigest), eq(callbacks.accountId, accountId)))
    .limit(1)
  return row !== undefined
}

export async function newestCallbacks(db: Database, limit: number): Promise<CallbackRow[]> {
  return db.select().from(callbacks).orderBy(desc(callbacks.receivedAt)).limit(limit)
}

/** How many first installs that nothing binds wait for their proof, counted up to `atMost`. */
export async function countUnprovenUnbound(db: Database, atMost: number): Promise<number> {
  const waiting = db
    .select({ generation: credentials.generation })
    .from(credentials)
    // Whoever waits has a next attempt: there is an index of those.
    .where(
      sql`${credentials.nextAttemptAt} is not null and ${credentials.state} = 'pending' and not ${credentials.bound}`,
    )
    .limit(atMost)
    .as('waiting')
  const [row] = await db.select({ count: sql<number>`count(*)::int` }).from(waiting)
  return row?.count ?? 0
}

/** The newest callback of an account that was taken. */
export async function findTakenCallback(db: Database, accountId: string): Promise<CallbackNews | undefined> {
  const [row] = await db
    .select()
    .from(callbacks)
    .where(eq(callbacks.accountId, accountId))
    .orderBy(desc(callbacks.receivedAt))
    .limit(1)
  return row && { at: row.receivedAt, outcome: row.outcome, reason: null, type: row.type, accountId, heldId: null }
}

/** Erases what was kept of an account's callbacks up to its uninstall; a held one that came after it may be the next installation. */
export async function eraseCallbacksOf(tx: Transaction, accountId: string, uninstalledAt: Date): Promise<void> {
  await tx
    .delete(heldCallbacks)
    .where(and(eq(heldCallbacks.accountId, accountId), lte(heldCallbacks.receivedAt, uninstalledAt)))
  await tx
    .update(callbacks)
    .set({ sealedBody: null })
    .where(and(eq(callbacks.accountId, accountId), lte(callbacks.receivedAt, uninstalledAt)))
}
