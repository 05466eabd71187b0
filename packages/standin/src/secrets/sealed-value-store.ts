import { sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { blockRanges } from './block-range-store.ts'
import type { SealedColumn } from './sealed-columns.ts'

export interface SealedRow {
  /** Where the row is stored; valid until it is written again. */
  place: string
  sealed: string
}

/** All sealed values of a column, a few hundred at a time. */
export async function* sealedPages(db: Database, { table, column }: SealedColumn): AsyncGenerator<SealedRow[]> {
  const name = sql.identifier(column)
  for await (const isInRange of blockRanges(db, table)) {
    const rows = await db.execute<{ place: string; sealed: string }>(sql`
      select ctid::text as place, ${name} as sealed from ${sql.identifier(table)} where ${isInRange} and ${name} is not null`)
    if (rows.length > 0) yield [...rows]
  }
}

/** Writes another sealed value in a row's place, but only where it still holds the one that was read. @returns whether it did */
export async function replaceSealed(
  db: Database,
  { table, column }: SealedColumn,
  { place, sealed, by }: SealedRow & { by: string },
): Promise<boolean> {
  const name = sql.identifier(column)
  const rows = await db.execute(sql`
    update ${sql.identifier(table)} set ${name} = ${by} where ctid = ${place}::tid and ${name} = ${sealed} returning 1 as replaced`)
  return rows.length > 0
}
