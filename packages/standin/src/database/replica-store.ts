import { type SQL, sql } from 'drizzle-orm'
import type { Database } from './database.ts'
import { replicaLockClass } from './replica.ts'

/** The ids of all replicas whose session is there: a killed one is missing within milliseconds. */
export async function aliveReplicas(db: Database): Promise<Set<number>> {
  const rows = await db.execute<{ id: number }>(sql`${replicaIds}`)
  return new Set(rows.map(({ id }) => id))
}

/** Whether the replica that a column names is there, for use inside a statement. */
export const isReplicaAlive = (id: SQL | unknown): SQL => sql`exists (${replicaIds} and objid::int = ${id})`

const replicaIds = sql`
  select objid::int as id from pg_locks
  where locktype = 'advisory' and objsubid = 2 and granted and classid = ${sql.raw(String(replicaLockClass))}
    and database = (select oid from pg_database where datname = current_database())`
