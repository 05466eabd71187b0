import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import type { Logger } from '../observability/logger.ts'
import { codeOf } from './code-of.ts'
import type { DatabaseTime } from './probe.ts'
import type { Replica } from './replica.ts'
import { createWorkUnderWay, type WorkUnderWay } from './work-under-way.ts'

/** Why the database can store nothing, in the words of `/health/ready`. */
export type DatabaseTrouble = 'down' | 'not-committing' | 'read-only' | 'full' | 'behind'

export interface WatchOptions {
  replica: Replica
  clock: Clock
  log: Pick<Logger, 'warn' | 'error'>
  /** Asks the database to commit something. */
  probe: (signal: AbortSignal) => Promise<DatabaseTime>
  /** Asks the database whether its disk has room. */
  probeRoom: () => Promise<unknown>
  /** Ends connections: at once (0), or only those on which nothing arrives within this time. */
  cut: (unlessHeardWithinMs: number) => void
  /** Ends the connections that wait for a commit, except the probe's. */
  cutCommits: () => void
  /** Ends the probe's connection. */
  cutProbe: () => void
  /** Called with how far this machine's clock is ahead of the right time, after each comparison with the database's. */
  correctClock?: (aheadMs: number) => void
  /** Called when the database is found to be an earlier state of itself. */
  onBehind?: () => void
}

export interface DatabaseWatch {
  isDown(): boolean
  /** Undefined while the database commits. */
  trouble(): DatabaseTrouble | undefined
  /** How long it has been down, counted from when the last session to it was lost; 0 while it is up. */
  downForMs(): number
  /** How far this machine's clock is ahead of the database's, if they differ too much. */
  clockOffByMs(): number | undefined
  /** Probes the database at once, after an error. @returns whether it is down */
  suspect(error?: unknown): Promise<boolean>
  /** The result of `work`, unless the database is down first: work that takes long triggers a probe. @throws DatabaseDown */
  whileUp<Result>(work: Promise<Result>): Promise<Result>
  /** Calls when the database is up again, before that is announced. @returns a function that ends this */
  onUp(listener: () => void): () => void
  stop(): void
}

/** The database went down while work on it was under way. Whether that was committed is not known. */
class DatabaseDown extends Error {
  override readonly name = 'DatabaseDown'
  readonly code = 'CONNECTION_CLOSED'
  constructor() {
    super('The database does not answer.')
  }
}

const answersWithinMs = 700
const probeEveryMs = 250
const heardWithinMs = 500
/** Callbacks and tokens are judged with the same tolerance. */
const mostSkewMs = 60_000
/** Connections that wait for a commit are ended when the database has not committed for this long. */
const commitsWithinMs = 3_000
/**
 * A probe without an answer is given up after this time: its connection may be lost without a sign. While a commit hangs,
 * the next probe finds the lock taken, and waits without a commit of its own.
 */
const givenUpAfterMs = 15_000
/** A disk that was full counts as full for at least this long: it may have room for some rows and not for others. */
const fullForMs = 5_000

/** What the watch knows, and what it is doing to find out. */
interface Watching extends WatchOptions {
  /** Undefined while the database is up. */
  downSinceMs?: number | undefined
  trouble?: DatabaseTrouble | undefined
  /** Of the error of the latest probe that failed: `ECONNREFUSED`, `CERT_HAS_EXPIRED`. */
  code?: string
  /** When the session for LISTEN was lost. */
  lostAtMs?: number | undefined
  hangsSinceMs?: number | undefined
  fullUntilMs?: number | undefined
  clockOffByMs?: number | undefined
  /** The probe that is not answered yet. There is only one: a second would wait behind it. */
  probing?: { trouble: Promise<DatabaseTrouble | undefined>; sinceMs: number } | undefined
  /** The first answer of the probes that go on until the database is up. */
  looking?: Promise<unknown> | undefined
  readonly underWay: WorkUnderWay
  readonly upListeners: Set<() => void>
  readonly stopping: AbortController
}

/**
 * Whether the database stores what it is asked to. The session for LISTEN notices silence within a second; a caller that
 * gets an error, or waits long, triggers a probe. It is repeated until the database commits and that session is back.
 * The one place that logs an outage: once when it begins and once when it ends.
 */
export function createDatabaseWatch(options: WatchOptions): DatabaseWatch {
  const watching: Watching = {
    ...options,
    underWay: createWorkUnderWay(() => void look(watching)),
    upListeners: new Set(),
    stopping: new AbortController(),
  }
  const { clock, replica, underWay, upListeners } = watching
  const endLost = replica.onLost(() => {
    watching.lostAtMs ??= clock.monotonicMs()
    watching.cut(heardWithinMs) // What silenced the session may have silenced other connections too, though the database answers.
    void look(watching)
  })
  const isDown = () => watching.downSinceMs !== undefined
  return {
    isDown,
    downForMs: () => (watching.downSinceMs === undefined ? 0 : clock.monotonicMs() - watching.downSinceMs),
    trouble: () => watching.trouble,
    clockOffByMs: () => watching.clockOffByMs,
    async suspect(error) {
      if (troubleOf(error) === 'full') {
        watching.fullUntilMs = clock.monotonicMs() + fullForMs
        becomeDown(watching, 'full')
      }
      await look(watching)
      return isDown()
    },
    whileUp(work) {
      if (!isDown()) return underWay.follow(work)
      work.catch(() => {})
      return Promise.reject(new DatabaseDown())
    },
    onUp(listener) {
      upListeners.add(listener)
      return () => void upListeners.delete(listener)
    },
    stop() {
      watching.stopping.abort()
      endLost()
    },
  }
}

/** Probes once, and then until the database is up. @returns when the first probe was answered, or is late */
function look(watching: Watching): Promise<unknown> {
  if (watching.looking) return watching.looking
  const first = probeOnce(watching)
  watching.looking = first
  void first.then((isUp) => probeUntilUp(watching, isUp))
  return first
}

async function probeUntilUp(watching: Watching, wasUp: boolean): Promise<void> {
  const { signal } = watching.stopping
  for (let isUp = wasUp; !(isUp && watching.replica.id() !== undefined) && !signal.aborted; ) {
    await pause(probeEveryMs, undefined, { signal, ref: false }).catch(() => {})
    isUp = await probeOnce(watching)
  }
  watching.looking = undefined
}

/** Waits for the probe that is under way, or a new one. @returns whether the database is up */
async function probeOnce(watching: Watching): Promise<boolean> {
  const { clock, replica, stopping } = watching
  if (watching.probing && clock.monotonicMs() - watching.probing.sinceMs >= givenUpAfterMs) {
    watching.probing = undefined
    watching.cutProbe()
  }
  watching.probing ??= startProbe(watching)
  const timer = new AbortController()
  const tooLate = pause(answersWithinMs, undefined, { signal: timer.signal, ref: false }).then(
    (): DatabaseTrouble => (replica.id() === undefined ? 'down' : 'not-committing'),
    () => undefined,
  )
  const trouble = await Promise.race([watching.probing.trouble, tooLate])
  timer.abort()
  if (stopping.signal.aborted) return trouble === undefined
  if (trouble === undefined) becomeUp(watching)
  else becomeDown(watching, trouble)
  return trouble === undefined
}

function startProbe(watching: Watching): NonNullable<Watching['probing']> {
  const trouble = watching
    .probe(watching.stopping.signal)
    .then((time) => {
      noteClock(watching, time)
      return stillFull(watching)
    })
    .catch((error: unknown) => {
      watching.code = codeOf(error)
      return troubleOf(error)
    })
    .finally(() => {
      if (watching.probing === started) watching.probing = undefined
    })
  const started = { trouble, sinceMs: watching.clock.monotonicMs() }
  return started
}

function noteClock(watching: Watching, time: DatabaseTime): void {
  const { clock } = watching
  // Compared now, in one moment: this machine's clock may have been set since the database was asked.
  const aheadMs = clock.now().getTime() - (time.ms + clock.monotonicMs() - time.atMonotonicMs)
  const offByMs = Math.abs(aheadMs) > mostSkewMs ? Math.round(aheadMs) : undefined
  if (offByMs !== undefined && watching.clockOffByMs === undefined)
    watching.log.error(
      { aheadMs: offByMs },
      'the clocks of this machine and the database disagree: not ready; synchronise both (NTP)',
    )
  watching.clockOffByMs = offByMs
  // All replicas and the database share one clock, also while this machine's is wrong. A small difference does not matter.
  watching.correctClock?.(offByMs ?? 0)
}

async function stillFull(watching: Watching): Promise<'full' | undefined> {
  if (watching.fullUntilMs === undefined) return undefined
  if (watching.clock.monotonicMs() < watching.fullUntilMs) return 'full'
  const hasRoom = await watching.probeRoom().then(
    () => true,
    () => false,
  )
  if (!hasRoom) return 'full'
  watching.fullUntilMs = undefined
  return undefined
}

function becomeDown(watching: Watching, trouble: DatabaseTrouble): void {
  const { clock, log } = watching
  if (trouble === 'behind' && watching.trouble !== 'behind') {
    log.error(
      'the database lacks what this server, or another one, saw it commit: it was restored, or a failover lost the latest changes. Nothing is served until "standin database after-restore" was run',
    )
    watching.onBehind?.()
  }
  watching.trouble = trouble
  if (trouble === 'down') watching.cut(0)
  endHangingCommits(watching)
  if (watching.downSinceMs !== undefined) return
  watching.downSinceMs = watching.lostAtMs ?? clock.monotonicMs()
  watching.underWay.interruptAll(new DatabaseDown())
  if (trouble === 'behind') return // Logged above.
  log.error(
    { database: trouble, ...(watching.code && { code: watching.code }) },
    'the database stores nothing: callbacks are answered 503, tokens come from memory; this line is not repeated',
  )
}

/** A disk may be slow for a second: a callback that waits for its commit gets that time. */
function endHangingCommits(watching: Watching): void {
  const nowMs = watching.clock.monotonicMs()
  watching.hangsSinceMs = watching.trouble === 'not-committing' ? (watching.hangsSinceMs ?? nowMs) : undefined
  if (watching.hangsSinceMs === undefined || nowMs - watching.hangsSinceMs < commitsWithinMs) return
  watching.hangsSinceMs = undefined
  watching.cutCommits()
}

function becomeUp(watching: Watching): void {
  const { clock, log, upListeners } = watching
  watching.lostAtMs = undefined
  watching.hangsSinceMs = undefined
  if (watching.downSinceMs === undefined) return
  for (const listener of upListeners)
    try {
      listener()
    } catch (error) {
      log.error({ err: error }, 'what follows the end of an outage failed')
    }
  log.warn({ downForMs: Math.round(clock.monotonicMs() - watching.downSinceMs) }, 'the database is back')
  watching.downSinceMs = undefined
  watching.trouble = undefined
}

/** What an error shows about the database. Only a full disk, a read-only database and a restored one have codes of their own. */
function troubleOf(error: unknown): DatabaseTrouble {
  const code = codeOf(error)
  if (code === '53100') return 'full'
  if (code === 'BEHIND') return 'behind'
  return code === '25006' ? 'read-only' : 'down'
}
