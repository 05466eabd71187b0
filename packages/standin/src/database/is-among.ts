import { eq, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { arrayText } from './array-text.ts'

/**
 * Whether a column has one of these values. They are one parameter: with Drizzle's `inArray` each value is a parameter, so that
 * every length is a statement to prepare, and more than 65,534 fail.
 */
export const isAmong = (column: PgColumn, values: readonly string[]): SQL => {
  const type = column.getSQLType()
  // Parsed once: without the sub-select, if no index is used, PostgreSQL parses the text again for each row.
  return sql`${column} = any((select ${arrayParameter(values, type)})::${sql.raw(type)}[])`
}

/** Whether a row belongs to one of these accounts. A single account is named in the statement, which so stays on its shard. */
export const isOfAccounts = (column: PgColumn, accountIds: readonly string[]): SQL =>
  accountIds.length === 1 ? eq(column, accountIds[0]) : isAmong(column, accountIds)

/** The same with optional values: without them, every row matches. */
export const isAmongGiven = (column: PgColumn, values: readonly string[] | undefined): SQL =>
  sql`(${values === undefined}::boolean or ${isAmong(column, values ?? [])})`

/** An array as one parameter, in a form that the driver can send without knowing its type. */
export const arrayParameter = (values: readonly string[], type: string): SQL =>
  sql`${arrayText(values)}::text::${sql.raw(type)}[]`
