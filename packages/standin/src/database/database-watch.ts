import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import type { Logger } from '../observability/logger.ts'
import { codeOf } from './code-of.ts'
import { type Connection, connectDatabase } from './database.ts'
import { foundBehind, probe, probeRoom, readBeat } from './probe.ts'
import type { Replica } from './replica.ts'
import type { SeenBeats } from './seen-beats.ts'

/** Why the database can store nothing; the words that `/health/ready` answers. */
export type DatabaseTrouble = 'down' | 'not-committing' | 'read-only' | 'full' | 'behind'

interface Dependencies {
  replica: Replica
  clock: Clock
  log: Pick<Logger, 'warn' | 'error'>
  /** Asks the database to commit something. @returns how far this machine's clock is ahead of the database's */
  ask: (signal: AbortSignal) => Promise<number>
  /** Asks it for room on its disk. */
  askForRoom: () => Promise<unknown>
  /** Ends connections that went silent, at once or unless something arrives on them. */
  cut: (unlessHeardWithinMs: number) => void
  /** Ends those that wait for a commit, all but the one that asks. */
  cutCommits: () => void
  /** Ends the one that asks. */
  cutQuestion: () => void
  /** Told how far this machine's clock is ahead of what is right, each time that it is compared with the database's. */
  correctClock?: (aheadMs: number) => void
  /** Called when the database is found to be an earlier state of itself. */
  tellBehind?: () => void
}

export interface DatabaseWatch {
  isDown(): boolean
  /** Undefined while it commits what it is asked to. */
  trouble(): DatabaseTrouble | undefined
  /** How long it has been down, counted from when the last session to it was lost; 0 while it is up. */
  downForMs(): number
  /** How far this machine's clock is ahead of the database's, if they differ too much. */
  clockOffByMs(): number | undefined
  /** Asks the database at once, after an error. @returns whether it is down */
  suspect(error?: unknown): Promise<boolean>
  /** What `work` comes to, unless the database is found to be down first: it is asked when work takes long. @throws DatabaseDown */
  whileUp<Result>(work: Promise<Result>): Promise<Result>
  /** Calls when the database is up again, before that is announced. @returns a function that ends this */
  onUp(tell: () => void): () => void
  stop(): void
}

/** The database went away while work on it was under way. What it came to is not known. */
class DatabaseDown extends Error {
  override readonly name = 'DatabaseDown'
  readonly code = 'CONNECTION_CLOSED'
}

/** Work that is to fail when the database goes down. */
interface Work {
  interrupt: (reason: Error) => void
  /** Counted by `noticeSlowWork`. */
  suspectAtTick: number
}

const answersWithinMs = 700
const askEveryMs = 250
const heardWithinMs = 500
/** What callbacks and tokens are judged with. */
const mostSkewMs = 60_000
/** Work is suspected after seven to eight of these: with `answersWithinMs`, a hand-out waits for 1.5 seconds at most. */
const noticeEveryMs = 100
const suspectAfterTicks = 8
/** Work that waits for a commit is ended when the database has not committed for this long. */
const commitsWithinMs = 3_000
/**
 * A question without an answer is given up after this time: its connection may be lost without a sign. While a commit hangs,
 * the next one finds the lock of the probe taken, and waits without a commit of its own.
 */
const givenUpAfterMs = 15_000
/**
 * While the probe's connection is being made and something arrives on it this often, it is left alone. A busy machine would
 * never connect if the attempt ended each time that an answer is late.
 */
const connectsWithinMs = 2_000
/** A disk that was full counts as full for at least this long: it may have room for some rows and not for others. */
const fullForMs = 5_000

/**
 * Whether the database stores what it is asked to. The session for LISTEN notices silence within a second; a caller that
 * gets an error, or waits long, triggers a probe. It is repeated until the database commits and that session is back.
 * The one place that logs an outage: once when it begins and once when it ends.
 */
export function createDatabaseWatch({
  replica,
  clock,
  log,
  ask,
  askForRoom,
  cut,
  cutCommits,
  cutQuestion,
  correctClock = () => {},
  tellBehind = () => {},
}: Dependencies): DatabaseWatch {
  let downSinceMs: number | undefined
  let found: DatabaseTrouble | undefined
  let fullUntilMs: number | undefined
  let clockOffByMs: number | undefined
  let hangsSinceMs: number | undefined
  /** One that does not come back is not asked again for a while: it would wait behind itself. */
  let asked: { answer: Promise<DatabaseTrouble | undefined>; atMs: number } | undefined
  let lostAtMs: number | undefined
  /** Work that is under way, the longest first; it leaves when it ends. A race with one long promise would keep all of it. */
  const working = new Set<Work>()
  /** One for all work: a timer for each would cost more than most of it. */
  let noticing: NodeJS.Timeout | undefined
  let ticks = 0
  let asking: Promise<void> | undefined
  const stopping = new AbortController()
  const tellers = new Set<() => void>()

  function becomeDown(trouble: DatabaseTrouble): void {
    if (trouble === 'behind' && found !== 'behind') {
      log.error(
        'the database lacks what this server, or another one, saw it commit: it was restored, or a failover lost the latest changes. Nothing is served until "standin database after-restore" was run',
      )
      tellBehind()
    }
    found = trouble
    if (trouble === 'down') cut(0)
    hangsSinceMs = trouble === 'not-committing' ? (hangsSinceMs ?? clock.monotonicMs()) : undefined
    // A disk may be slow for a second: a callback that waits for its commit gets the time.
    if (hangsSinceMs !== undefined && clock.monotonicMs() - hangsSinceMs >= commitsWithinMs) {
      hangsSinceMs = undefined
      cutCommits()
    }
    if (downSinceMs !== undefined) return
    downSinceMs = lostAtMs ?? clock.monotonicMs()
    for (const { interrupt } of working) interrupt(new DatabaseDown('The database does not answer.'))
    if (trouble === 'behind') return // It was said above.
    log.error(
      { database: trouble },
      'the database stores nothing: callbacks are answered 503, tokens come from memory; this line is not repeated',
    )
  }
  function becomeUp(): void {
    lostAtMs = undefined
    hangsSinceMs = undefined
    if (downSinceMs === undefined) return
    for (const tell of tellers)
      try {
        tell()
      } catch (error) {
        log.error({ err: error }, 'what follows the end of an outage failed')
      }
    log.warn({ downForMs: Math.round(clock.monotonicMs() - downSinceMs) }, 'the database is back')
    downSinceMs = undefined
    found = undefined
  }

  /** Asks once, and then until all is well. @returns when the first answer came, or none */
  function look(): Promise<void> {
    asking ??= (async () => {
      const first = await askOnce()
      void (async () => {
        for (let answered = first; !(answered && replica.id() !== undefined) && !stopping.signal.aborted; ) {
          await pause(askEveryMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {})
          answered = await askOnce()
        }
        asking = undefined
      })()
    })()
    return asking
  }

  function noticeSlowWork(): void {
    ticks++
    let isSlow = false
    for (const work of working) {
      if (work.suspectAtTick > ticks) break
      isSlow = true
      // To the end, where it is among those that are suspected next.
      working.delete(work)
      working.add(work)
      work.suspectAtTick = ticks + suspectAfterTicks
    }
    if (isSlow) void look()
    if (working.size > 0) return
    clearInterval(noticing)
    noticing = undefined
  }

  async function askOnce(): Promise<boolean> {
    const timer = new AbortController()
    if (asked && clock.monotonicMs() - asked.atMs >= givenUpAfterMs) {
      asked = undefined
      cutQuestion()
    }
    asked ??= askAgain()
    const tooLate = pause(answersWithinMs, undefined, { signal: timer.signal, ref: false }).then(
      (): DatabaseTrouble => (replica.id() === undefined ? 'down' : 'not-committing'),
      () => undefined,
    )
    const trouble = await Promise.race([asked.answer, tooLate])
    timer.abort()
    if (stopping.signal.aborted) return trouble === undefined
    if (trouble === undefined) becomeUp()
    else becomeDown(trouble)
    return trouble === undefined
  }

  function askAgain(): NonNullable<typeof asked> {
    const answer = ask(stopping.signal)
      .then((aheadMs) => {
        noteClock(aheadMs)
        return stillFull()
      })
      .catch(troubleOf)
      .finally(() => {
        if (asked === question) asked = undefined
      })
    const question = { answer, atMs: clock.monotonicMs() }
    return question
  }

  function noteClock(aheadMs: number): void {
    const offByMs = Math.abs(aheadMs) > mostSkewMs ? Math.round(aheadMs) : undefined
    if (offByMs !== undefined && clockOffByMs === undefined)
      log.error(
        { aheadMs: offByMs },
        'the clocks of this machine and the database disagree: not ready; synchronise both (NTP)',
      )
    clockOffByMs = offByMs
    // All replicas and the database go by one clock, also while this machine's is wrong. Otherwise what it says is exact enough.
    correctClock(offByMs ?? 0)
  }

  async function stillFull(): Promise<'full' | undefined> {
    if (fullUntilMs === undefined) return undefined
    if (clock.monotonicMs() < fullUntilMs) return 'full'
    const hasRoom = await askForRoom().then(
      () => true,
      () => false,
    )
    if (!hasRoom) return 'full'
    fullUntilMs = undefined
    return undefined
  }

  const endLost = replica.onLost(() => {
    lostAtMs ??= clock.monotonicMs()
    cut(heardWithinMs) // What made the session silent may have made others so, though the database answers.
    void look()
  })
  return {
    isDown: () => downSinceMs !== undefined,
    downForMs: () => (downSinceMs === undefined ? 0 : clock.monotonicMs() - downSinceMs),
    trouble: () => found,
    clockOffByMs: () => clockOffByMs,
    async suspect(error) {
      if (troubleOf(error) === 'full') {
        fullUntilMs = clock.monotonicMs() + fullForMs
        becomeDown('full')
      }
      await look()
      return downSinceMs !== undefined
    },
    whileUp: (work) =>
      new Promise((resolve, reject) => {
        const own = { interrupt: reject, suspectAtTick: ticks + suspectAfterTicks }
        working.add(own)
        noticing ??= setInterval(noticeSlowWork, noticeEveryMs).unref()
        work.then(
          (result) => {
            working.delete(own)
            resolve(result)
          },
          (error) => {
            working.delete(own)
            reject(error)
          },
        )
        if (downSinceMs !== undefined) reject(new DatabaseDown('The database does not answer.'))
      }),
    onUp(tell) {
      tellers.add(tell)
      return () => void tellers.delete(tell)
    },
    stop() {
      stopping.abort()
      endLost()
    },
  }
}

/** What an error of the database says about it: of its codes for a full disk and for being read-only, and of all others. */
function troubleOf(error: unknown): DatabaseTrouble {
  const code = codeOf(error)
  if (code === '53100') return 'full'
  if (code === 'BEHIND') return 'behind'
  return code === '25006' ? 'read-only' : 'down'
}

interface Watched extends Pick<Dependencies, 'replica' | 'clock' | 'log' | 'correctClock'>, Pick<Connection, 'cut'> {
  url: string
  pooled: boolean
  seen: SeenBeats
  /** Where this process's chains of the audit end, as far as their commit was answered. */
  ownEnds?: () => ReadonlyArray<{ writer: string; seq: number }>
  /** Told how long each commit took. */
  timeCommit?: (seconds: number) => void
}

/**
 * Watches the database that a pool is connected to, over a connection of its own: a busy pool is not a silent database.
 * Each time it is asked, it also shows that it still has what it committed.
 */
export function watchDatabase({
  url,
  pooled,
  cut,
  seen,
  ownEnds = () => [],
  timeCommit = () => {},
  ...dependencies
}: Watched): DatabaseWatch & {
  /**
   * Calls when the database turns out to be an earlier state of itself, and when `database after-restore` was run. Everything
   * in memory is then out of date.
   */
  onOtherHistory(tell: () => void): void
  close(): Promise<void>
} {
  const own = connectDatabase(url, { pool: 1, pooled })
  const tellers = new Set<() => void>()
  const tellAll = () => {
    for (const tell of tellers) tell()
  }

  async function ask(signal: AbortSignal): Promise<number> {
    const found = seen.get() ? undefined : await readBeat(own.sql)
    if (found) await seen.recall(found)
    const [before, ends] = [seen.get(), ownEnds()]
    const { aheadMs, tookMs, ...beat } = await probe(own.sql, dependencies.clock, signal, before)
    timeCommit(tookMs / 1_000)
    if (before && before.history !== beat.history) {
      await seen.recall(beat)
      tellAll()
      return aheadMs
    }
    if (await lacksOneOf(own.sql, ends))
      throw await foundBehind(own.sql, 'it lacks audit entries that a server committed')
    seen.note(beat)
    return aheadMs
  }

  const watch = createDatabaseWatch({
    ...dependencies,
    ask,
    tellBehind: tellAll,
    askForRoom: () => probeRoom(own.sql),
    cutCommits: () => cut(0),
    cutQuestion: () => own.cut(0),
    cut: (unlessHeardWithinMs) => {
      cut(unlessHeardWithinMs)
      own.cut(unlessHeardWithinMs || connectsWithinMs)
    },
  })
  return {
    ...watch,
    onOtherHistory: (tell) => void tellers.add(tell),
    async close() {
      watch.stop()
      await own.close()
      await seen.close()
    },
  }
}

/** Whether a chain of the audit ends in the database before where its writer saw it committed. */
async function lacksOneOf(
  sql: Connection['sql'],
  ends: ReadonlyArray<{ writer: string; seq: number }>,
): Promise<boolean> {
  if (ends.length === 0) return false
  const [row] = await sql<Array<{ lacks: boolean }>>`
    select exists (
      select from json_to_recordset(${JSON.stringify(ends)}::text::json) as own(writer text, seq bigint)
      left join audit_heads using (writer) where coalesce(audit_heads.seq, 0) < own.seq) as lacks`
  return row?.lacks ?? false
}
