import { and, eq, isNotNull } from 'drizzle-orm'
import type { Database } from '../../database/database.ts'
import { isAmong } from '../../database/is-among.ts'
import { installations } from '../account-table.ts'

/** @returns whether there is such an account */
export async function updateAccountName(db: Database, accountId: string, name: string | null): Promise<boolean> {
  const named = await db
    .update(installations)
    .set({ name, nameInLowerCase: name?.toLowerCase() ?? null })
    .where(eq(installations.accountId, accountId))
    .returning({ accountId: installations.accountId })
  return named.length > 0
}

/** The names of those accounts that have one. */
export async function readAccountNames(db: Database, accountIds: readonly string[]): Promise<Map<string, string>> {
  const { accountId, name } = installations
  if (accountIds.length === 0) return new Map()
  const rows = await db
    .select({ accountId, name })
    .from(installations)
    .where(and(isAmong(accountId, [...new Set(accountIds)]), isNotNull(name)))
  return new Map(rows.map((row) => [row.accountId, row.name ?? '']))
}
