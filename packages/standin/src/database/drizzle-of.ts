import { PgDatabase, PgDialect } from 'drizzle-orm/pg-core'
import { type PostgresJsQueryResultHKT, PostgresJsSession } from 'drizzle-orm/postgres-js/session'
import type { Sql } from 'postgres'

const dateTypes = [1184, 1082, 1083, 1114, 1182, 1185, 1115, 1231]
const jsonTypes = [114, 3802]

/**
 * Drizzle over a client that nothing else uses: dates and JSON stay text, as Drizzle expects. `drizzle()` of
 * `drizzle-orm/postgres-js` does the same, but imports the driver in `node_modules`; a built package contains ours and has none
 * there.
 */
export function drizzleOf(client: Sql, { casing }: { casing?: 'snake_case' } = {}) {
  const asIs = (value: unknown) => value
  const { parsers, serializers } = client.options
  for (const type of dateTypes) parsers[type] = asIs
  for (const type of [...dateTypes, ...jsonTypes]) serializers[type] = asIs
  const dialect = new PgDialect(casing && { casing })
  return new PgDatabase<PostgresJsQueryResultHKT>(dialect, new PostgresJsSession(client, dialect, undefined), undefined)
}
