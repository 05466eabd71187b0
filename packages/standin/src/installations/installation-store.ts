import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm'
import type { GrantedAccounts } from '../access/authorize.ts'
import type { Database, Transaction } from '../database/database.ts'
import { installations } from './installation-table.ts'

export type InstallationRow = typeof installations.$inferSelect

/** Locks an account's row until the transaction ends, making it where it is missing: its credentials change hands one change at a time. */
export async function lockInstallation(tx: Transaction, accountId: string): Promise<InstallationRow> {
  await tx.insert(installations).values({ accountId }).onConflictDoNothing()
  const [row] = await tx.select().from(installations).where(eq(installations.accountId, accountId)).for('update')
  if (!row) throw new Error('the row was inserted above')
  return row
}

export async function updateInstallation(
  tx: Transaction,
  accountId: string,
  change: Partial<Omit<InstallationRow, 'accountId'>>,
): Promise<void> {
  await tx
    .update(installations)
    .set({ ...change, changedAt: sql`now()` })
    .where(eq(installations.accountId, accountId))
  // Heard by every replica when this transaction commits.
  await tx.execute(sql`select pg_notify('installation_changed', ${accountId})`)
}

export async function findInstallation(db: Database, accountId: string): Promise<InstallationRow | undefined> {
  const [row] = await db.select().from(installations).where(eq(installations.accountId, accountId))
  return row
}

export async function listInstallations(db: Database, limit: number): Promise<InstallationRow[]> {
  return db.select().from(installations).orderBy(installations.accountId).limit(limit)
}

/** The accounts, among these, that ever sent a callback: ids in order, after the given one. */
export async function listAccounts(
  db: Database,
  accounts: GrantedAccounts,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<string[]> {
  if (accounts.length === 0) return []
  const rows = await db
    .select({ accountId: installations.accountId })
    .from(installations)
    .where(
      and(
        after === undefined ? undefined : gt(installations.accountId, after),
        accounts === 'all' ? undefined : inArray(installations.accountId, [...accounts]),
      ),
    )
    .orderBy(asc(installations.accountId))
    .limit(limit)
  return rows.map(({ accountId }) => accountId)
}
