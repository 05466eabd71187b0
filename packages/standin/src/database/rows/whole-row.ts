import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import { toSnakeCase } from 'drizzle-orm/casing'
import type { PgTable } from 'drizzle-orm/pg-core'

export interface WholeRow<Row> {
  /** The names of all columns. Never `*`: a column that a newer version adds would break the statements that are prepared. */
  columns: SQL
  /** Reads a row that a statement has returned with these columns. */
  read(row: Record<string, unknown>): Row
}

/**
 * All columns of a wide table as one piece of text, for statements that are sent often: Drizzle's builders rebuild the text
 * each time, which takes 2 µs for each column.
 */
export function wholeRow<Table extends PgTable>(table: Table): WholeRow<Table['$inferSelect']> {
  const columns = Object.entries(getTableColumns(table)).map(([key, column]) => ({
    key,
    column,
    name: toSnakeCase(key),
  }))
  return {
    columns: sql.raw(columns.map(({ name }) => `"${name}"`).join(', ')),
    read: (row) =>
      Object.fromEntries(
        columns.map(({ key, column, name }) => {
          const value = row[name]
          return [key, value === null ? null : column.mapFromDriverValue(value)]
        }),
      ) as Table['$inferSelect'],
  }
}
