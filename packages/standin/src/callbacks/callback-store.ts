import { and, desc, eq, sql } from 'drizzle-orm'
import { credentials } from '../credentials/credential-table.ts'
import type { Database, Transaction } from '../database/database.ts'
import { callbacks } from './callback-table.ts'

export type CallbackRow = typeof callbacks.$inferSelect

export async function insertCallback(tx: Transaction, row: typeof callbacks.$inferInsert): Promise<void> {
  await tx.insert(callbacks).values(row)
}

/** Whether the same content was taken before, whichever JWT brought it; with `issuedAt`, by one of that time. */
export async function wasTakenBefore(
  db: Database,
  { accountId, contentDigest, issuedAt }: { accountId: string; contentDigest: string; issuedAt?: Date },
): Promise<boolean> {
  const [row] = await db
    .select({ id: callbacks.id })
    .from(callbacks)
    .where(
      and(
        eq(callbacks.contentDigest, contentDigest),
        eq(callbacks.accountId, accountId),
        issuedAt && eq(callbacks.issuedAt, issuedAt),
      ),
    )
    .limit(1)
  return row !== undefined
}

export async function newestCallbacks(db: Database, limit: number): Promise<CallbackRow[]> {
  return db.select().from(callbacks).orderBy(desc(callbacks.receivedAt)).limit(limit)
}

/** How many different callbacks a JWT brought, counted up to `atMost`; and how many of this account. */
export async function countByIdentity(
  db: Database,
  { identityDigest, accountId, atMost }: { identityDigest: string; accountId: string; atMost: number },
): Promise<{ inAll: number; ofAccount: number }> {
  const brought = db
    .select({ accountId: callbacks.accountId })
    .from(callbacks)
    .where(eq(callbacks.identityDigest, identityDigest))
    .limit(atMost)
    .as('brought')
  const [row] = await db
    .select({
      inAll: sql<number>`count(*)::int`,
      ofAccount: sql<number>`count(*) filter (where ${brought.accountId} = ${accountId})::int`,
    })
    .from(brought)
  return row ?? { inAll: 0, ofAccount: 0 }
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
