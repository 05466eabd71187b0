import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm'
import type { GrantedAccounts } from '../access/authorize.ts'
import { arrayText } from '../database/array-types.ts'
import type { Database, Transaction } from '../database/database.ts'
import { installations } from './installation-table.ts'

export type InstallationRow = typeof installations.$inferSelect

/** Locks an account's row until the transaction ends, making it where it is missing: its credentials change hands one change at a time. */
export async function lockInstallation(tx: Transaction, accountId: string): Promise<InstallationRow> {
  const { rows } = await lockInstallations(tx, [accountId])
  const [row] = rows
  if (!row) throw new Error('the row was inserted before')
  return row
}

/**
 * The same for several accounts, in the order of their ids: of two who lock some of the same neither waits for the other's.
 * @returns the rows, and which accounts had none before
 */
export async function lockInstallations(
  tx: Transaction,
  accountIds: readonly string[],
): Promise<{ rows: InstallationRow[]; made: string[] }> {
  const ids = arrayText([...new Set(accountIds)].sort())
  const made = await tx.execute<{ accountId: string }>(sql`
    insert into ${installations} (account_id) select unnest(${ids}::text::uuid[])
    on conflict do nothing returning account_id as "accountId"`)
  const rows = await tx
    .select()
    .from(installations)
    .where(sql`${installations.accountId} = any(${ids}::text::uuid[])`)
    .orderBy(asc(installations.accountId))
    .for('update')
  return { rows, made: made.map(({ accountId }) => accountId) }
}

/** Takes rows back that this transaction made, of accounts of which nothing was taken. */
export async function unmakeInstallations(tx: Transaction, accountIds: readonly string[]): Promise<void> {
  if (accountIds.length > 0) await tx.delete(installations).where(inArray(installations.accountId, [...accountIds]))
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
    .returning({ told: sql`pg_notify('installation_changed', ${accountId})` })
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
