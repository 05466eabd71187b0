import type { Sql } from 'postgres'
import { type Finding, good, note, wrong } from './finding.ts'

/** Bytes that a row takes with its indexes, as `docs/capacity.md` has them. */
const bytesOf = { installations: 3_800, runs: 3_100, run_result_rows: 510, machine_readings: 270, hand_out_groups: 330 }
const emptyDatabase = 11_000_000
/** Below this, a database is small whatever it holds. */
const smallDatabase = 200_000_000
/** Sessions for a migration and the operator's commands. */
const spareSessions = 3

type Counted = keyof typeof bytesOf

export interface Capacity {
  /** Roughly how many rows each table has, as PostgreSQL's planner knows it. */
  rows: Partial<Record<Counted, number>>
  /** Of the database, without the files that runs left. */
  bytes: number
  /** Sessions that PostgreSQL can have, without those reserved for superusers, and those that it has. */
  sessions: { most: number; open: number }
  replicas: number
  /** `DATABASE_POOL`; 0 behind a transaction pooler, whose sessions the servers share. */
  pool: number
}

/** Whether sessions and disk are about what this many replicas and rows should take. */
export function judgeCapacity({ rows, bytes, sessions, replicas, pool }: Capacity): Finding[] {
  // Behind a pooler, only the session that listens goes to PostgreSQL itself.
  const needed = Math.max(1, replicas) * (pool === 0 ? 1 : pool + 2) + spareSessions
  const inUse = `${sessions.open} of ${sessions.most} sessions in use; ${count(Math.max(1, replicas), 'server')} can need ${needed}`
  const expected = Object.entries(rows).reduce(
    (sum, [table, number]) => sum + number * bytesOf[table as Counted],
    emptyDatabase,
  )
  const size = `${megabytes(bytes)} without files, for ${count(rows.installations ?? 0, 'account')} and ${count(rows.runs ?? 0, 'run')}`
  return [
    needed <= sessions.most
      ? good('connections', `${inUse}.`)
      : wrong(
          'connections',
          `${inUse}: some will be refused. Raise max_connections, or lower DATABASE_POOL. See docs/capacity.md.`,
        ),
    bytes <= Math.max(smallDatabase, 2 * expected)
      ? good('size', `${size}.`)
      : note(
          'size',
          `${size}: about ${megabytes(expected)} were expected. Check that autovacuum keeps up (pg_stat_user_tables), and what else is in this database.`,
        ),
  ]
}

/** Reads what `judgeCapacity` compares. Counts no rows: the planner's estimates are enough. */
export async function checkCapacity(
  sql: Sql,
  { replicas, pool }: { replicas: number; pool: number },
): Promise<Finding[]> {
  const tables = Object.keys(bytesOf)
  const estimates = await sql<Array<{ table: Counted; rows: number }>>`
    select root.relname as table, sum(greatest(part.reltuples, 0))::float8 as rows
    from pg_class root join pg_class part on part.relkind = 'r' and (part.oid = root.oid
      or part.oid in (select inhrelid from pg_inherits where inhparent = root.oid))
    where root.relname in ${sql(tables)} and root.relnamespace = 'public'::regnamespace
    group by root.relname`
  const [row] = await sql<Array<{ bytes: number; most: number; open: number }>>`
    select (pg_database_size(current_database()) - pg_total_relation_size('artifact_chunks'))::float8 as bytes,
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as most,
      (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as open`
  if (!row) return []
  const { bytes, ...sessions } = row
  return judgeCapacity({
    bytes,
    sessions,
    replicas,
    pool,
    rows: Object.fromEntries(estimates.map(({ table, rows }) => [table, rows])),
  })
}

const count = (number: number, noun: string) => `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`
const megabytes = (bytes: number) => `${Math.round(bytes / 1_000_000).toLocaleString('en')} MB`
