import type { MachineFilter, SavedFilter } from '@standin/contracts'
import { and, eq, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../../database/database.ts'
import { savedFilters } from './filter-table.ts'

export async function listFilters(db: Database, accountId: string): Promise<SavedFilter[]> {
  const rows = await db
    .select()
    .from(savedFilters)
    .where(eq(savedFilters.accountId, accountId))
    .orderBy(sql`lower(${savedFilters.name})`)
  return rows.map(toSavedFilter)
}

export async function countFilters(tx: Transaction, accountId: string): Promise<number> {
  return tx.$count(savedFilters, eq(savedFilters.accountId, accountId))
}

/** Under a name that is taken, whatever its case, the filter of that name is replaced. */
export async function upsertFilter(
  tx: Transaction,
  { accountId, name, filter }: { accountId: string; name: string; filter: MachineFilter },
): Promise<SavedFilter> {
  // Drizzle cannot name an index over an expression as the target of a conflict.
  const [saved] = await tx.execute<{ id: string }>(sql`
    insert into ${savedFilters} (account_id, name, filter) values (${accountId}, ${name}, ${JSON.stringify(filter)}::jsonb)
    on conflict (account_id, lower(name)) do update set name = excluded.name, filter = excluded.filter, saved_at = now()
    returning id`)
  const [row] = await tx
    .select()
    .from(savedFilters)
    .where(eq(savedFilters.id, saved?.id ?? ''))
  if (!row) throw new Error('an upsert gives its row')
  return toSavedFilter(row)
}

/** @returns its name, or undefined where the account has none of this id */
export async function deleteFilter(
  tx: Transaction,
  { accountId, filterId }: { accountId: string; filterId: string },
): Promise<string | undefined> {
  const [row] = await tx
    .delete(savedFilters)
    .where(and(eq(savedFilters.accountId, accountId), eq(savedFilters.id, filterId)))
    .returning()
  return row?.name
}

export async function eraseFiltersOf(tx: Transaction, accountId: string): Promise<void> {
  await tx.delete(savedFilters).where(eq(savedFilters.accountId, accountId))
}

const toSavedFilter = ({ id, accountId, name, filter }: typeof savedFilters.$inferSelect): SavedFilter => ({
  ...{ id, accountId, name, filter },
})
