import type { IncomingMessage, ServerResponse } from 'node:http'
import { performance } from 'node:perf_hooks'
import { type ProcedureContract, procedures } from '@standin/contracts'
import type { Context } from '../context.ts'

export type Admission = ReturnType<typeof createAdmission>

/** How much is admitted of the requests that may be refused. */
export interface Admitting {
  /** From 0 to 1. */
  share: number
  lateInARow: number
}

/** What each check measures. */
export interface Found {
  /** Requests under way. */
  underWay: number
  /** How many have ended since the previous check, and how long ago that was. */
  ended: number
  sinceMs: number
  /** The share of that time in which the process was at work, from 0 to 1. */
  busy: number
  /** How long a statement has been waiting for a place in the pool. */
  databaseMs: number
}

/** With fewer requests under way, nothing is refused: they cannot be why the process is slow. */
const fewRequests = 100
const lookEveryMs = 100
/** A process that waits for commits or for Trackunit is idle in between. */
const busyShare = 0.5
const lateQueueMs = 300
const lateDatabaseMs = 1_000
/** A burst of requests makes a few checks late, and is served. */
const lateChecksAllowed = 5
const leastShare = 0.02
const everything: Admitting = { share: 1, lateInARow: 0 }

/**
 * Whether there is more work than the process can do: it is mostly busy, and the requests under way would take long at the
 * present rate; or statements wait long. Requests that wait for Trackunit take long as well, but leave the process idle.
 */
export function isOverloaded({ underWay, ended, sinceMs, busy, databaseMs }: Found): boolean {
  if (underWay <= fewRequests) return false
  const queueMs = (underWay * sinceMs) / ended // Infinite if nothing ends.
  return (busy > busyShare && queueMs > lateQueueMs) || databaseMs > lateDatabaseMs
}

/** What is admitted after another check: less while work is late, and soon everything again. */
export function nextAdmitting({ share, lateInARow }: Admitting, isLate: boolean): Admitting {
  if (!isLate) return { share: Math.min(1, share + 0.05), lateInARow: 0 }
  const inARow = lateInARow + 1
  return { share: inARow < lateChecksAllowed ? share : Math.max(leastShare, share * 0.75), lateInARow: inARow }
}

/**
 * Refuses a share of all requests while a process has more work than it can do, before any work is done for them: otherwise all
 * of them would wait until their callers give up. Callbacks, health checks and streams are never refused.
 * @param askDatabase resolves when a statement has had its turn in the pool; at once while the database is down
 * @param busy the share of the time since its last call in which the process was busy
 */
export function createAdmission(
  { clock, random, metrics, log }: Pick<Context, 'clock' | 'random' | 'metrics' | 'log'>,
  {
    askDatabase = async () => {},
    busy = measureBusy(),
  }: { askDatabase?: () => Promise<unknown>; busy?: () => number } = {},
) {
  let underWay = 0
  let ended = 0
  let admitting = everything
  let lookedAtMs: number | undefined
  let askedAtMs: number | undefined

  function lookLater(): void {
    if (lookedAtMs === undefined) busy() // Starts the measurement.
    lookedAtMs = clock.monotonicMs()
    ended = 0
    setTimeout(look, lookEveryMs).unref()
  }

  function look(): void {
    const nowMs = clock.monotonicMs()
    const sinceMs = nowMs - (lookedAtMs ?? nowMs)
    const databaseMs = nowMs - (askedAtMs ?? nowMs)
    const before = admitting.share
    admitting = nextAdmitting(admitting, isOverloaded({ underWay, ended, sinceMs, busy: busy(), databaseMs }))
    metrics.setAdmittedShare(admitting.share)
    if (before === 1 && admitting.share < 1)
      log.warn({ underWay }, 'this process is overloaded: it refuses some requests with OVERLOADED')
    if (before < 1 && admitting.share === 1) log.warn('this process admits every request again')
    const isCrowded = underWay > fewRequests
    if (isCrowded && askedAtMs === undefined) ask(nowMs)
    if (isCrowded || admitting.share < 1) lookLater()
    else lookedAtMs = undefined
  }

  function ask(nowMs: number): void {
    askedAtMs = nowMs
    const hasAnswered = () => {
      askedAtMs = undefined
    }
    void askDatabase().then(hasAnswered, hasAnswered)
  }

  return {
    admits: (request: IncomingMessage): boolean =>
      admitting.share === 1 || !mayBeRefused(request) || random() < admitting.share,
    /** Counts a request as under way until its response has ended. */
    follow(request: IncomingMessage, response: ServerResponse): void {
      if (isStream(request)) return // It may last for hours.
      if (++underWay > fewRequests && lookedAtMs === undefined) lookLater()
      response.once('close', () => {
        underWay--
        ended++
      })
    },
    /** Spread out, so that refused callers do not return at the same time. */
    retryAfterMs: () => 1_000 + Math.round(random() * 4_000),
  }
}

const streamPaths = new Set(
  Object.entries<Record<string, ProcedureContract>>(procedures).flatMap(([group, each]) =>
    Object.keys(each).flatMap((name) => (each[name]?.kind === 'subscription' ? `/trpc/${group}.${name}` : [])),
  ),
)

/** By its address: whatever a request says that it accepts, anyone could say. */
const isStream = ({ method, url = '' }: IncomingMessage) =>
  method === 'GET' && streamPaths.has(url.split('?', 1)[0] ?? '')

const mayBeRefused = (request: IncomingMessage) => {
  const { url = '', method } = request
  return method !== 'OPTIONS' && !isStream(request) && !url.startsWith('/trackunit/') && !url.startsWith('/health/')
}

function measureBusy(): () => number {
  let before = performance.eventLoopUtilization()
  return () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    return utilization
  }
}
