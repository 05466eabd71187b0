import { getTableColumns, getTableName, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Database } from '../database/database.ts'
import { blockRanges } from './block-range-store.ts'
import type { SignedKind } from './signed-rows.ts'

/** A table whose rows are signed, in its column `mac`. */
export interface SignedTable {
  table: PgTable
  kind: SignedKind<StoredRow['row']>
}

export const signedTable = <Table extends PgTable>(table: Table, kind: SignedKind<Table['$inferSelect']>) =>
  ({ table, kind }) as unknown as SignedTable

/** A row, and where it is stored, which is valid until it is written again. */
export interface StoredRow {
  place: string
  row: { mac: string | null } & Record<string, unknown>
}

/**
 * All rows of a table, a few hundred at a time.
 * @param but leaves out the rows whose MAC names this key, and those without one
 */
export async function* signedPages(
  db: Database,
  table: PgTable,
  { but }: { but?: string } = {},
): AsyncGenerator<StoredRow[]> {
  const isOther = but === undefined ? sql`true` : sql`not starts_with(mac, ${`${but}:`})`
  for await (const isInRange of blockRanges(db, getTableName(table))) {
    const rows = await db
      .select({ place: sql<string>`ctid::text`, row: getTableColumns(table) })
      .from(table)
      .where(sql`${isInRange} and ${isOther}`)
    if (rows.length > 0) yield rows as unknown as StoredRow[]
  }
}

/** Puts another MAC in the place of a row's, but only where the row is still the one that was read. */
export async function replaceMac(db: Database, table: PgTable, { place, row }: StoredRow, mac: string): Promise<void> {
  await db.execute(sql`
    update ${table} set mac = ${mac} where ctid = ${place}::tid and mac = ${row.mac}`)
}
