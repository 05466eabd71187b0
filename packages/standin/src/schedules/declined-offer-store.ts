import { and, eq } from 'drizzle-orm'
import type { InTransaction } from '../context.ts'
import type { Database } from '../database/database.ts'
import { declinedOffers } from './schedule-table.ts'

type Declined = typeof declinedOffers.$inferInsert

/** @returns the ids of the actions whose schedule the user does not want to be offered */
export async function listDeclined(
  db: Database,
  { accountId, userId }: Pick<Declined, 'accountId' | 'userId'>,
): Promise<string[]> {
  const rows = await db
    .select({ actionId: declinedOffers.actionId })
    .from(declinedOffers)
    .where(and(eq(declinedOffers.accountId, accountId), eq(declinedOffers.userId, userId)))
  return rows.map(({ actionId }) => actionId)
}

export async function insertDeclined(db: Database, declined: Declined): Promise<void> {
  await db.insert(declinedOffers).values(declined).onConflictDoNothing()
}

export async function eraseDeclinedOf({ db }: InTransaction, accountId: string): Promise<void> {
  await db.delete(declinedOffers).where(eq(declinedOffers.accountId, accountId))
}
