import type { MachineFilter, SavedFilter } from '@standin/contracts'
import { and, eq, sql } from 'drizzle-orm'
import type { InTransaction } from '../../context.ts'
import type { Database, Transaction } from '../../database/database.ts'
import { savedFilters } from './filter-table.ts'

const { id, accountId, name, filter } = savedFilters
const savedFilter = { id, accountId, name, filter }

export async function listFilters(db: Database, account: string): Promise<SavedFilter[]> {
  return db.select(savedFilter).from(savedFilters).where(eq(accountId, account)).orderBy(sql`lower(${name})`)
}

export async function countFilters(tx: Transaction, account: string): Promise<number> {
  return tx.$count(savedFilters, eq(accountId, account))
}

/** Replaces the filter of the same name, whatever its case. */
export async function upsertFilter(
  tx: Transaction,
  given: { accountId: string; name: string; filter: MachineFilter },
): Promise<SavedFilter> {
  // Drizzle cannot name an index over an expression as the target of a conflict.
  const [saved] = await tx.execute<{ id: string }>(sql`
    insert into ${savedFilters} (account_id, name, filter)
    values (${given.accountId}, ${given.name}, ${JSON.stringify(given.filter)}::jsonb)
    on conflict (account_id, lower(name)) do update set name = excluded.name, filter = excluded.filter, saved_at = now()
    returning id`)
  if (!saved) throw new Error('an upsert returns its row')
  return { id: saved.id, ...given }
}

/** @returns its name, or undefined when the account has no filter with this id */
export async function deleteFilter(
  tx: Transaction,
  { accountId: account, filterId }: { accountId: string; filterId: string },
): Promise<string | undefined> {
  const [row] = await tx
    .delete(savedFilters)
    .where(and(eq(accountId, account), eq(id, filterId)))
    .returning({ name })
  return row?.name
}

export async function eraseFiltersOf({ db }: InTransaction, account: string): Promise<void> {
  await db.delete(savedFilters).where(eq(accountId, account))
}
