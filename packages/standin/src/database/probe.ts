import { setTimeout as pause } from 'node:timers/promises'
import type { Sql } from 'postgres'
import type { Clock } from '../clock.ts'
import { advisoryLocks } from './advisory-locks.ts'

const againAfterMs = 100

/**
 * Asks the database to commit a row. `select 1` says nothing about that: a read-only database answers it, and so does one
 * whose synchronous standby is away. One replica writes at a time, and the others wait for it by asking again: a commit that
 * never ends holds one session, however many replicas ask.
 * @returns how far this machine's clock is ahead of the database's, in milliseconds
 * @throws the database's error; never returns where the commit does not
 */
export async function probe(sql: Sql, clock: Clock, signal: AbortSignal): Promise<number> {
  for (;;) {
    const askedAtMs = clock.now().getTime()
    const [row] = await sql<Array<{ ms: number }>>`
      insert into heartbeats (id, at) select 1, clock_timestamp() where pg_try_advisory_xact_lock(${advisoryLocks.probe})
      on conflict (id) do update set at = excluded.at returning extract(epoch from at)::float8 * 1000 as ms`
    if (row) return (askedAtMs + clock.now().getTime()) / 2 - row.ms
    await pause(againAfterMs, undefined, { signal, ref: false })
  }
}

/** Whether there is room for some megabytes on the database's disk: one row may still fit where nothing else does. */
export async function probeRoom(sql: Sql): Promise<void> {
  await sql.begin(
    (tx) => tx`
      create temporary table standin_room on commit drop as
      select repeat('x', 1000) from generate_series(1, 2000)`,
  )
}
