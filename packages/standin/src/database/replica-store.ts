import { type SQL, sql } from 'drizzle-orm'
import type { Database } from './database.ts'
import { replicaLockClass } from './replica.ts'

/** The ids of all replicas whose session is there: a killed one is missing within milliseconds. */
export async function aliveReplicas(db: Database): Promise<Set<number>> {
  const rows = await db.execute<{ id: number }>(sql`${replicaLocks}`)
  return new Set(rows.map(({ id }) => id))
}

/**
 * Whether a replica does what a living one does: its session is there, and said something within this time. A process that
 * was stopped keeps its session, and says nothing.
 */
export async function isReplicaAnswering(db: Database, id: number, withinMs: number): Promise<boolean> {
  const heardOf = sql`clock_timestamp() - make_interval(secs => ${withinMs / 1_000})`
  const rows = await db.execute(sql`
    select 1 from (${replicaLocks}) replica left join pg_stat_activity session using (pid)
    where id = ${id} and coalesce(session.state_change > ${heardOf}, true)`)
  return rows.length > 0
}

/** Whether the replica that a column names is there, for use inside a statement. */
export const isReplicaAlive = (id: SQL | unknown): SQL => sql`exists (${replicaLocks} and objid::int = ${id})`

const replicaLocks = sql`
  select objid::int as id, pid from pg_locks
  where locktype = 'advisory' and objsubid = 2 and granted and classid = ${sql.raw(String(replicaLockClass))}
    and database = (select oid from pg_database where datname = current_database())`
