import { type SQL, sql } from 'drizzle-orm'
import { advisoryLocks } from './advisory-locks.ts'
import type { Database } from './database.ts'

/** The ids of all replicas that have a session. A killed one is missing within milliseconds. */
export async function aliveReplicas(db: Database): Promise<Set<number>> {
  const rows = await db.execute<{ id: number }>(sql`${replicaLocks}`)
  return new Set(rows.map(({ id }) => id))
}

/** A replica as the database sees it. */
export interface SeenReplica {
  id: number
  /** Null over a local socket. */
  address: string | null
  startedAt: Date
  /** When its session last did something: each does so several times a second. */
  heardAt: Date
}

export async function listReplicas(db: Database): Promise<SeenReplica[]> {
  const rows = await db.execute<{ id: number; address: string | null; started: number; heard: number }>(sql`
    select replica.id, host(session.client_addr) as address, extract(epoch from session.backend_start)::float8 * 1000 as started,
      extract(epoch from session.state_change)::float8 * 1000 as heard
    from (${replicaLocks}) replica join pg_stat_activity session using (pid) order by session.backend_start`)
  return rows.map(({ id, address, started, heard }) => ({
    id,
    address,
    startedAt: new Date(started),
    heardAt: new Date(heard),
  }))
}

/**
 * Whether the replica that a column names is alive and was heard within this time, for use in a statement. A frozen process keeps
 * its session and its lock, but is silent.
 */
export const isReplicaAnswering = (id: SQL | unknown, withinMs: number): SQL => sql`exists (
  select from (${replicaLocks} and objid::int = ${id}) replica left join pg_stat_activity session using (pid)
  where coalesce(session.state_change > clock_timestamp() - make_interval(secs => ${withinMs / 1_000}), true))`

/** Whether the replica that a column names has a session, for use in a statement. */
export const isReplicaAlive = (id: SQL | unknown): SQL => sql`exists (${replicaLocks} and objid::int = ${id})`

const replicaLocks = sql`
  select objid::int as id, pid from pg_locks
  where locktype = 'advisory' and objsubid = 2 and granted and classid = ${sql.raw(String(advisoryLocks.replicas))}
    and database = (select oid from pg_database where datname = current_database())`
