import { and, desc, eq } from 'drizzle-orm'
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
