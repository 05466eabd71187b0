import { sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import type { SealedColumn } from './sealed-columns.ts'

export interface SealedRow {
  /** Where the row lies; good until it is written again. */
  place: string
  sealed: string
}

const blocksAtOnce = 64

/** All sealed values of a column, a few hundred at a time, by the table's own order on disk: no index is needed. */
export async function* sealedPages(db: Database, { table, column }: SealedColumn): AsyncGenerator<SealedRow[]> {
  const [size] = await db.execute<{ blocks: number }>(
    sql`select (pg_relation_size(${table}::regclass) / current_setting('block_size')::int)::int as blocks`,
  )
  for (let block = 0; block <= (size?.blocks ?? 0); block += blocksAtOnce) {
    const [from, to] = [`(${block},0)`, `(${block + blocksAtOnce},0)`]
    const name = sql.identifier(column)
    const rows = await db.execute<{ place: string; sealed: string }>(sql`
      select ctid::text as place, ${name} as sealed from ${sql.identifier(table)}
      where ctid >= ${from}::tid and ctid < ${to}::tid and ${name} is not null`)
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
