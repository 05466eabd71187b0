import { type SQL, sql } from 'drizzle-orm'
import type { Database } from './database.ts'
import { isReplicaAnswering } from './replica-store.ts'
import { sweeps } from './sweep-table.ts'

/** A frozen replica keeps its session, and is silent. */
const silentAfterMs = 5_000

const isFree = sql`(${sweeps.holder} is null or not ${isReplicaAnswering(sweeps.holder, silentAfterMs)})`

/** 0 while a sweep waits for a replica. */
export const sweepDue = (name: string): SQL => sql`
  select 0 where not exists (select from ${sweeps} where name = ${name} and not (next_at <= now() and ${isFree}))`

/** Takes a sweep that is due, or continues it. @returns whether this replica now holds it */
export async function takeSweep(
  db: Database,
  { name, replicaId }: { name: string; replicaId: number },
): Promise<boolean> {
  const taken = await db.execute(sql`
    insert into ${sweeps} (name, next_at, holder) values (${name}, now(), ${replicaId}::int)
    on conflict (name) do update set holder = excluded.holder
    where ${sweeps.holder} = excluded.holder or (${sweeps.nextAt} <= now() and ${isFree})
    returning 1`)
  return taken.length > 0
}

export async function endSweep(
  db: Database,
  { name, replicaId, nextInMs }: { name: string; replicaId: number; nextInMs: number },
): Promise<void> {
  await db.execute(sql`
    update ${sweeps} set holder = null, next_at = now() + ${nextInMs}::float8 * interval '1 millisecond'
    where name = ${name} and holder = ${replicaId}::int`)
}
