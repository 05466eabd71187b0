import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import { toSnakeCase } from 'drizzle-orm/casing'
import type { PgTable } from 'drizzle-orm/pg-core'

type Rows<Table extends PgTable> = ReadonlyArray<Table['$inferInsert']>

/**
 * Inserts rows, all of which have the same columns. The statement's text does not depend on their number, so that it is prepared
 * once. Undefined if there are no rows.
 */
export function insertionOf<Table extends PgTable>(table: Table, rows: Rows<Table>): SQL | undefined {
  const columns = Object.keys(rows[0] ?? {})
  if (columns.length === 0) return undefined
  return sql`insert into ${table} (${list(columns.map(nameOf))}) select ${list(columns.map(givenOf))} from ${records(table, columns, rows)}`
}

/** Sets these columns of existing rows, each found by its key. Undefined if there are no rows. */
export function updateOf<Table extends PgTable, Column extends keyof Table['$inferInsert'] & string>(
  table: Table,
  rows: Rows<Table>,
  { key, set }: { key: readonly Column[]; set: readonly Column[] },
): SQL | undefined {
  if (rows.length === 0) return undefined
  const assigned = list(set.map((column) => sql`${nameOf(column)} = ${givenOf(column)}`))
  const found = sql.join(
    key.map((column) => sql`${table}.${nameOf(column)} = ${givenOf(column)}`),
    sql` and `,
  )
  return sql`update ${table} set ${assigned} from ${records(table, [...key, ...set], rows)} where ${found}`
}

/** Deletes rows, each found by its key. Undefined if there are no rows. */
export function deletionOf<Table extends PgTable, Column extends keyof Table['$inferInsert'] & string>(
  table: Table,
  keys: ReadonlyArray<Pick<Table['$inferInsert'], Column>>,
  key: readonly Column[],
): SQL | undefined {
  if (keys.length === 0) return undefined
  const found = sql.join(
    key.map((column) => sql`${table}.${nameOf(column)} = ${givenOf(column)}`),
    sql` and `,
  )
  return sql`delete from ${table} using ${records(table, key, keys as Rows<Table>)} where ${found}`
}

const list = (parts: readonly SQL[]) => sql.join([...parts], sql`, `)
/** The name of a column in the database. */
const nameOf = (column: string) => sql`${sql.identifier(toSnakeCase(column))}`
const givenOf = (column: string) => sql`given.${sql.identifier(column)}`

function records<Table extends PgTable>(table: Table, columns: readonly string[], rows: Rows<Table>): SQL {
  const types = getTableColumns(table)
  const typed = columns.map((column) => sql`${sql.identifier(column)} ${sql.raw(types[column]?.getSQLType() ?? '')}`)
  return sql`json_to_recordset(${JSON.stringify(rows)}::text::json) as given(${list(typed)})`
}
