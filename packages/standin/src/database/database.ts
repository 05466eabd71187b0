import type { PgDatabase } from 'drizzle-orm/pg-core'
import type { PostgresJsQueryResultHKT } from 'drizzle-orm/postgres-js/session'
import postgres, { type Sql } from 'postgres'
import type { Clock } from '../clock.ts'
import { drizzleOf } from './drizzle-of.ts'
import { withPreparedStatements } from './prepared-statements.ts'
import { readTls } from './sockets/read-tls.ts'
import { createSockets, type Sockets } from './sockets/sockets.ts'

/** What a store works on: the database or a transaction. */
export type Database = PgDatabase<PostgresJsQueryResultHKT>
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]

export interface Connection extends Pick<Sockets, 'cut'> {
  sql: Sql
  db: Database
  /** How many statements are prepared in each session. Beyond the limit, others are parsed at each use. */
  preparedTexts(): number
  close(): Promise<void>
}

/**
 * What all connections of Standin have in common.
 * `fetch_types` is off: nothing awaits the library's own query at the start of a connection, so a PostgreSQL that stops at that
 * moment would end the process. Drizzle reads arrays without it; arrays as parameters are sent as text.
 */
export const connectionOptions = ({ max, name }: { max: number; name: string }) =>
  ({
    max,
    fetch_types: false,
    connect_timeout: 10,
    keep_alive: 5,
    // A database that is back is found within a second; the library would wait up to twenty.
    backoff: (failures: number) => Math.min(1, 3 ** failures / 100),
    onnotice: () => {},
    connection: { application_name: name },
  }) as const

/** No statement takes minutes. One of an operator's command is ended after ten. */
const longestStatementMs = 600_000

/**
 * A pool of connections. `synchronous_commit` is set on: a callback that was answered 2xx must be on disk,
 * whatever the database's own default is.
 * @param options.statementMs how long a statement may take, and a transaction may be idle. PostgreSQL cannot enforce this
 *   behind a pooler; there, and if the database is silent, a connection on which nothing arrives is ended after up to twice
 *   that time
 */
export function connectDatabase(
  url: string,
  {
    pool = 10,
    pooled = false,
    statementMs = longestStatementMs,
  }: { pool?: number; pooled?: boolean; statementMs?: number } = {},
): Connection {
  const options = connectionOptions({ max: pool, name: 'standin' })
  const { options: ofSockets, cut, end } = createSockets(url, { heardEveryMs: statementMs })
  const { url: address, options: ofTls } = readTls(url)
  const sql = postgres(address, {
    ...options,
    ...ofTls,
    ...ofSockets,
    // Behind a transaction pooler, a session may not know a statement that another one prepared.
    prepare: !pooled,
    connection: {
      ...options.connection,
      ...(!pooled && {
        synchronous_commit: 'on',
        statement_timeout: statementMs,
        idle_in_transaction_session_timeout: statementMs,
      }),
    },
  })
  const prepared = pooled ? { sql, known: () => 0 } : withPreparedStatements(sql)
  return {
    sql,
    db: drizzleOf(prepared.sql, { casing: 'snake_case' }) as Database,
    preparedTexts: prepared.known,
    cut,
    close: () => sql.end({ timeout: 5 }).finally(end),
  }
}

/** How long a statement waits in a pool and for its answer, in seconds. */
export async function poolWaitS({ sql }: Pick<Connection, 'sql'>, clock: Pick<Clock, 'monotonicMs'>): Promise<number> {
  const beganAtMs = clock.monotonicMs()
  await sql`select 1`
  return (clock.monotonicMs() - beganAtMs) / 1_000
}

/** Reads everything as of one moment. */
export const inSnapshot = <Result>(db: Database, read: (tx: Transaction) => Promise<Result>): Promise<Result> =>
  db.transaction(read, { isolationLevel: 'repeatable read', accessMode: 'read only' })
