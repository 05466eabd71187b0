import { refreshAgainMs } from '../src/tokens/refresh-ahead.ts'
import { isInUse, refreshAheadMs, safetyMarginMs } from '../src/tokens/token-freshness.ts'
import { pauseAfter } from '../src/trackunit/failure-policy.ts'

export interface SimulatedDay {
  accounts: number
  lifetimeMs: number
  /** When an account is asked for first, and until when it is used. */
  usedFrom: (account: number) => number
  usedUntil?: (account: number) => number
  /** Whether a request to Trackunit at this moment fails. */
  fails?: (atMs: number) => boolean
  random: () => number
}

export interface DaysOutcome {
  /** All requests, failed ones too. */
  exchanges: number
  /** The lower bound: as many token lifetimes, without their margin, as cover the time in which each account is used. */
  fewest: number
  ratio: number
  /** Accounts that were used while their token was stale, not counting the wait for their first one. */
  waits: number
  /** The most requests in one second, those for the very first tokens not counted. */
  busiestSecond: number
}

const dayMs = 24 * 3_600_000
const pollMs = 1_000

/** A day of virtual time over the decisions that the server makes: when a token is due, when it is tried again, when it is no longer refreshed. */
export function simulateDay({
  accounts,
  lifetimeMs,
  usedFrom,
  usedUntil = () => dayMs,
  fails = () => false,
  random,
}: SimulatedDay): DaysOutcome {
  const marginMs = safetyMarginMs(lifetimeMs)
  const requestsIn = new Uint32Array(dayMs / 1_000 + 1)
  let [exchanges, waits, fewest] = [0, 0, 0]

  for (let account = 0; account < accounts; account++) {
    const [from, until] = [usedFrom(account), Math.min(dayMs, usedUntil(account))]
    fewest += Math.ceil((until - from) / (lifetimeMs - marginMs))
    let endsAtMs = from + lifetimeMs
    let dueAtMs = endsAtMs - refreshAheadMs({ lifetimeMs, wasWaitedFor: true, random: random() })
    let failuresInARow = 0
    exchanges++

    while (dueAtMs < dayMs) {
      const nowMs = Math.ceil(dueAtMs / pollMs) * pollMs // A replica looks once a second.
      if (!isInUse({ unusedForMs: Math.max(0, nowMs - until), lifetimeMs })) break
      const isStale = nowMs > endsAtMs - marginMs && nowMs < until
      if (isStale) waits++
      exchanges++
      const second = Math.floor(nowMs / 1_000)
      requestsIn[second] = (requestsIn[second] ?? 0) + 1
      if (fails(nowMs)) {
        failuresInARow++
        dueAtMs = nowMs + Math.max(refreshAgainMs, pauseAfter('unavailable', failuresInARow))
        continue
      }
      failuresInARow = 0
      endsAtMs = nowMs + lifetimeMs
      dueAtMs = endsAtMs - refreshAheadMs({ lifetimeMs, wasWaitedFor: isStale, random: random() })
    }
    if (until === dayMs && endsAtMs - marginMs < dayMs && failuresInARow > 0) waits++
  }
  const busiestSecond = requestsIn.reduce((most, requests) => Math.max(most, requests), 0)
  return { exchanges, fewest, ratio: exchanges / fewest, waits, busiestSecond }
}
