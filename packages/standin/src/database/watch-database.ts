import { type Connection, connectDatabase } from './database.ts'
import { createDatabaseWatch, type DatabaseWatch, type WatchOptions } from './database-watch.ts'
import { type DatabaseTime, foundBehind, probe, probeRoom, readBeat } from './probe.ts'
import type { SeenBeats } from './seen-beats.ts'

/**
 * While the probe's connection is being made and something arrives on it this often, it is left alone. A busy machine would
 * never connect if the attempt ended each time that an answer is late.
 */
const connectsWithinMs = 2_000

interface Watched extends Pick<WatchOptions, 'replica' | 'clock' | 'log' | 'correctClock'>, Pick<Connection, 'cut'> {
  url: string
  pooled: boolean
  seen: SeenBeats
  /** The last entry of each of this process's audit chains whose commit was answered. */
  ownEnds?: () => readonly ChainEnd[]
  /** Called with the duration of each commit. */
  timeCommit?: (seconds: number) => void
}

interface ChainEnd {
  writer: string
  seq: number
}

/**
 * Watches the database that a pool is connected to, over a connection of its own: a busy pool is not a silent database.
 * Each probe also checks that the database still has what it committed.
 */
export function watchDatabase({
  url,
  pooled,
  cut,
  seen,
  ownEnds = () => [],
  timeCommit = () => {},
  ...options
}: Watched): DatabaseWatch & {
  /**
   * Calls when the database turns out to be an earlier state of itself, and when `database after-restore` was run. Everything
   * in memory is then out of date.
   */
  onOtherHistory(listener: () => void): void
  close(): Promise<void>
} {
  const own = connectDatabase(url, { pool: 1, pooled })
  const listeners = new Set<() => void>()
  const reportOtherHistory = () => {
    for (const listener of listeners) listener()
  }

  async function probeOwn(signal: AbortSignal): Promise<DatabaseTime> {
    const found = seen.get() ? undefined : await readBeat(own.sql)
    if (found) await seen.recall(found)
    const [before, ends] = [seen.get(), ownEnds()]
    const { time, tookMs, ...beat } = await probe(own.sql, options.clock, signal, before)
    timeCommit(tookMs / 1_000)
    if (before && before.history !== beat.history) {
      await seen.recall(beat)
      reportOtherHistory()
      return time
    }
    if (await lacksOneOf(own.sql, ends))
      throw await foundBehind(own.sql, 'it lacks audit entries that a server committed')
    seen.note(beat)
    return time
  }

  const watch = createDatabaseWatch({
    ...options,
    probe: probeOwn,
    probeRoom: () => probeRoom(own.sql),
    onBehind: reportOtherHistory,
    cutCommits: () => cut(0),
    cutProbe: () => own.cut(0),
    cut: (unlessHeardWithinMs) => {
      cut(unlessHeardWithinMs)
      own.cut(unlessHeardWithinMs || connectsWithinMs)
    },
  })
  return {
    ...watch,
    onOtherHistory: (listener) => void listeners.add(listener),
    async close() {
      watch.stop()
      await own.close()
      await seen.close()
    },
  }
}

/** Whether one of these audit chains ends earlier in the database than where its writer saw it committed. */
async function lacksOneOf(sql: Connection['sql'], ends: readonly ChainEnd[]): Promise<boolean> {
  if (ends.length === 0) return false
  const [row] = await sql<Array<{ lacks: boolean }>>`
    select exists (
      select from json_to_recordset(${JSON.stringify(ends)}::text::json) as own(writer text, seq bigint)
      left join audit_heads using (writer) where coalesce(audit_heads.seq, 0) < own.seq) as lacks`
  return row?.lacks ?? false
}
