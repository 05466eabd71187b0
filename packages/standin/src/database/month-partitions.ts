import { sql } from 'drizzle-orm'
import { advisoryLocks } from './advisory-locks.ts'
import { codeOf } from './code-of.ts'
import type { Database, Transaction } from './database.ts'

/**
 * Tables with a column `month` are partitioned by it (`make-migration.ts`): an old month is dropped as a file, while deleting its
 * rows would write as much again.
 */
type Month = string

/** The month of a moment in UTC, such as `2026-11`. */
export function monthOf(at: Date): Month {
  const month = at.getUTCMonth() + 1
  return `${at.getUTCFullYear()}-${month < 10 ? '0' : ''}${month}`
}

/** The value of the column `month`. */
export const firstDayOf = (month: Month): string => `${month}-01`

/** When a month has ended. */
export function endOfMonth(month: Month): Date {
  const end = new Date(firstDayOf(month))
  end.setUTCMonth(end.getUTCMonth() + 1)
  return end
}

/**
 * Adds the partitions of this month and the next to all such tables, so that no writer has to.
 * @param now by the server's clock
 */
export async function addMonthsAhead(db: Database, now: Date): Promise<void> {
  const tables = await listPartitioned(db)
  for (const at of [now, endOfMonth(monthOf(now))]) await addMonth(db, tables, monthOf(at))
}

/** Adds to one database the months that the other has. */
export async function copyMonths(from: Database, to: Database): Promise<void> {
  for (const table of await listPartitioned(from))
    for (const month of await listMonths(from, table)) await addMonth(to, [table], month)
}

async function listPartitioned(db: Database): Promise<string[]> {
  const rows = await db.execute<{ name: string }>(sql`
    select relname as name from pg_class where relkind = 'p' and pg_table_is_visible(oid) order by 1`)
  return rows.map(({ name }) => name)
}

/** Adds the missing partitions of a month. Readers and writers of the tables do not wait. */
export async function addMonth(db: Database, tables: readonly string[], month: Month): Promise<void> {
  const missing = await findMissing(db, tables, month)
  if (missing.length === 0) return
  await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${advisoryLocks.partitions})`)
    for (const table of await findMissing(tx, missing, month)) {
      const [whole, part] = [sql.identifier(table), sql.identifier(partitionOf(table, month))]
      await tx.execute(sql`create table ${part} (like ${whole} including all)`)
      await tx.execute(
        sql`alter table ${whole} attach partition ${part} for values in (${sql.raw(`'${firstDayOf(month)}'`)})`,
      )
    }
  })
}

/** The tables that lack the month. */
async function findMissing(db: Database, tables: readonly string[], month: Month): Promise<string[]> {
  const parts = tables.map((table) => partitionOf(table, month))
  const there = await db.execute<{ name: string }>(sql`
    select relname as name from pg_class join pg_inherits on inhrelid = oid
    where relname = any(${`{${parts.join()}}`}::text::text[]) and pg_table_is_visible(oid)`)
  const names = new Set(there.map(({ name }) => name))
  return tables.filter((_, index) => !names.has(parts[index] ?? ''))
}

/**
 * Drops a month of the tables. That takes an exclusive lock on each, and every later statement would queue behind it, so it
 * gives up after 200 ms.
 * @returns false if they are in use
 */
export async function dropMonth(tx: Transaction, tables: readonly string[], month: Month): Promise<boolean> {
  try {
    await tx.transaction(async (inner) => {
      await inner.execute(sql`set local lock_timeout = '200ms'`)
      for (const table of tables)
        await inner.execute(sql`drop table if exists ${sql.identifier(partitionOf(table, month))}`)
    })
    return true
  } catch (error) {
    if (codeOf(error) === lockNotAvailable) return false
    throw error
  }
}

/** The months that a table has, the oldest first. */
export async function listMonths(db: Database, table: string): Promise<Month[]> {
  const rows = await db.execute<{ name: string }>(sql`
    select c.relname as name from pg_inherits join pg_class c on c.oid = inhrelid
    where inhparent = to_regclass(${table}) order by 1`)
  return rows.map(({ name }) => name.slice(table.length + 1).replace('_', '-'))
}

const lockNotAvailable = '55P03'
const partitionOf = (table: string, month: Month) => `${table}_${month.replace('-', '_')}`
