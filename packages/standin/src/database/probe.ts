import { setTimeout as pause } from 'node:timers/promises'
import type { Sql } from 'postgres'
import type { Clock } from '../clock.ts'
import { advisoryLocks } from './advisory-locks.ts'

const againAfterMs = 100

/** How far a history of the database has come. A restored copy has the same history, and fewer beats. */
export interface Beat {
  history: string
  beats: number
}

/** What the database's clock said at a moment of this machine's monotonic clock, which nobody sets. */
export interface DatabaseTime {
  ms: number
  atMonotonicMs: number
}

/** The database lacks something that a replica saw it commit. It holds an earlier state, which must not be served. */
export class DatabaseBehind extends Error {
  override readonly name = 'DatabaseBehind'
  readonly code = 'BEHIND'
}

/**
 * Asks the database to commit a row. `select 1` proves nothing: a read-only database answers it, and so does one whose
 * synchronous standby is gone. One replica writes at a time while the others retry, so that a commit that hangs holds one
 * session, however many replicas probe.
 * @param seen the highest beat that is known to be committed: a database with a lower one is not changed
 * @returns the database's time, how long the commit took in milliseconds, and the beat that was committed
 * @throws DatabaseBehind, in every replica, until `database after-restore`; the database's error. Does not return while the
 *   commit hangs
 */
export async function probe(
  sql: Sql,
  clock: Clock,
  signal: AbortSignal,
  seen?: Beat,
): Promise<Beat & { time: DatabaseTime; tookMs: number }> {
  for (;;) {
    const beganAtMs = clock.monotonicMs()
    const [row] = await sql<Array<{ ms: number; history: string; beats: number }>>`
      insert into heartbeats (id, at) select 1, clock_timestamp() where pg_try_advisory_xact_lock(${advisoryLocks.probe})
      on conflict (id) do update set at = excluded.at, beats = heartbeats.beats + 1
        where heartbeats.found_behind_at is null and not ${isBehind(sql, seen)}
      returning extract(epoch from at)::float8 * 1000 as ms, history, beats::float8 as beats`
    if (row) {
      const { ms, ...beat } = row
      const tookMs = clock.monotonicMs() - beganAtMs
      return { ...beat, tookMs, time: { ms, atMonotonicMs: beganAtMs + tookMs / 2 } }
    }
    const [found] = await sql<Array<{ by: string | null; isBehind: boolean }>>`
      select found_behind_by as by, ${isBehind(sql, seen)} as "isBehind" from heartbeats`
    if (found?.by) throw new DatabaseBehind(found.by)
    if (found?.isBehind) throw await foundBehind(sql, 'it counts fewer heartbeats than a server saw it commit')
    await pause(againAfterMs, undefined, { signal, ref: false })
  }
}

const isBehind = (sql: Sql, { history, beats }: Beat = { history: '00000000-0000-0000-0000-000000000000', beats: 0 }) =>
  sql`(heartbeats.history = ${history}::uuid and heartbeats.beats < ${beats}::float8)`

/** Records it for every replica, also those that did not see what is lost. @returns the error to throw */
export async function foundBehind(sql: Sql, by: string): Promise<DatabaseBehind> {
  await sql`update heartbeats set found_behind_at = now(), found_behind_by = ${by} where found_behind_at is null`
  return new DatabaseBehind(by)
}

/** The database's own beat; undefined if no server has used it. */
export async function readBeat(sql: Sql): Promise<Beat | undefined> {
  const [row] = await sql<Beat[]>`select history, beats::float8 as beats from heartbeats`
  return row && { ...row }
}

/** Fails unless the database's disk has room for some megabytes: a single row may still fit on a full disk. */
export async function probeRoom(sql: Sql): Promise<void> {
  await sql.begin(
    (tx) => tx`
      create temporary table standin_room on commit drop as
      select repeat('x', 1000) from generate_series(1, 2000)`,
  )
}
