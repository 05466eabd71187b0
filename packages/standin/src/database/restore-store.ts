import { desc, sql } from 'drizzle-orm'
import type { Database, Transaction } from './database.ts'
import { heartbeats } from './heartbeat-table.ts'
import { restores } from './restore-table.ts'

export type RestoreRow = typeof restores.$inferSelect

/** The newest restore; undefined if there was none. */
export async function lastRestore(db: Database): Promise<RestoreRow | undefined> {
  const [row] = await db.select().from(restores).orderBy(desc(restores.feedFrom)).limit(1)
  return row
}

/** For use inside a statement: the moment of the newest restore, null if there was none. */
export const restoredAt = sql`(select max(at) from ${restores})`

/**
 * Begins a new history: servers may serve again. Event numbers continue from the time, with five digits for each second, so that
 * they are higher than those of any earlier history, including one that this database does not know of.
 */
export async function beginHistory(tx: Transaction): Promise<RestoreRow> {
  const [row] = await tx.execute<{ feedFrom: string; at: string; knewUntil: string | null }>(sql`
    with beat as (
      select at from ${heartbeats}),
    begun as (
      insert into ${heartbeats} (id, at) values (1, clock_timestamp())
      on conflict (id) do update set at = excluded.at, history = excluded.history, beats = ${heartbeats.beats} + 1,
        found_behind_at = null, found_behind_by = null)
    insert into ${restores} (feed_from, knew_until) select extract(epoch from clock_timestamp())::bigint * 100000, (select at from beat)
    returning feed_from as "feedFrom", at, knew_until as "knewUntil"`)
  if (!row) throw new Error('the insert returned no row')
  return {
    feedFrom: Number(row.feedFrom),
    at: new Date(row.at),
    knewUntil: row.knewUntil === null ? null : new Date(row.knewUntil),
  }
}
