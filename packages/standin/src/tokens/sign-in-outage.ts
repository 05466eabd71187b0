import type { Database } from '../database/database.ts'
import type { Logger } from '../observability/logger.ts'
import { failurePolicy } from '../trackunit/failure-policy.ts'
import type { Exchange, RequestToken } from '../trackunit/token-endpoint.ts'
import { changeOutage, endOutage, takeTurn } from './sign-in-outage-store.ts'

/** What the last requests of all accounts and replicas say of Trackunit's sign-in. */
export interface SignInOutage {
  failedClients: readonly string[]
  lastFailedAgoMs: number
  isDown: boolean
  probes: number
}

/** So many accounts in a row, none of which got an answer: it is not theirs. */
const accountsToBelieve = 5
/** Failures that lie further apart than this have nothing to do with each other. */
const windowMs = 60_000
const firstProbeMs = 1_000
/** What an outage that is over can still cost. */
const longestProbeMs = 5_000
/** How long all stay away because one answer asks for it; whoever got it may be asked for longer. */
const longestObeyedMs = 300_000
/** Longer than a request that is given up: a prober that died is followed by another. */
const probeHoldMs = 12_000

/**
 * What a failure makes of it. While the sign-in is down only what a probe came to counts: requests that were out already
 * say nothing new.
 * @returns `nextProbeInMs` where it is down from now on, or goes on to be
 */
export function afterFailure(
  before: SignInOutage | undefined,
  { clientId, isProbe, retryAfterMs = 0 }: { clientId: string; isProbe: boolean; retryAfterMs?: number },
): { failedClients: readonly string[]; probes: number; nextProbeInMs?: number } {
  const obeyedMs = Math.min(retryAfterMs, longestObeyedMs)
  if (before?.isDown) {
    const { failedClients, probes } = before
    if (!isProbe) return { failedClients, probes }
    const pauseMs = Math.min(longestProbeMs, firstProbeMs * 2 ** Math.min(probes + 1, 10))
    return { failedClients, probes: probes + 1, nextProbeInMs: Math.max(obeyedMs, pauseMs) }
  }
  const recent = before && before.lastFailedAgoMs < windowMs ? before.failedClients : []
  const failedClients = [...new Set([...recent, clientId])]
  if (failedClients.length < accountsToBelieve) return { failedClients, probes: 0 }
  return { failedClients, probes: 0, nextProbeInMs: Math.max(obeyedMs, firstProbeMs) }
}

/**
 * Trackunit's sign-in as all accounts and replicas share it. Once it has failed several accounts in a row it is asked by
 * one probe at a time, whoever comes first, with growing pauses; the others are told when to come back, without a request.
 * With the first answer, a refusal too, all may ask again.
 */
export function pauseInOutage(requestToken: RequestToken, { db, log }: { db: Database; log: Logger }): RequestToken {
  return async (credentials, scopes) => {
    const turn = await takeTurn(db, { probeHoldMs })
    if (turn.pausedForMs !== undefined) return paused(turn.pausedForMs)

    const exchanged = await requestToken(credentials, scopes)
    if (exchanged.outcome === 'paused') return exchanged
    const says = exchanged.outcome === 'token' ? 'up' : failurePolicy[exchanged.failure].saysOfSignIn
    if (says === 'up' && turn.hasFailed) {
      const downForMs = await endOutage(db)
      if (downForMs !== undefined) log.info({ downForMs }, 'Trackunit’s sign-in answers again')
    }
    // What says nothing ends no outage, and begins none.
    const isFailed = exchanged.outcome === 'failed' && (says === 'down' || (turn.isProbe && says === 'nothing'))
    if (!isFailed) return exchanged

    const { retryAfterMs } = exchanged
    const failed = { clientId: credentials.clientId, isProbe: turn.isProbe, ...(retryAfterMs && { retryAfterMs }) }
    const { hasBegun, pausedForMs } = await changeOutage(db, (before) => afterFailure(before, failed))
    if (hasBegun) log.warn('Trackunit’s sign-in does not answer: from now on one request at a time asks it')
    // The pause of all takes the place of the account's own, which could outlast the outage by a minute.
    const isCovered = pausedForMs !== undefined && pausedForMs >= (retryAfterMs ?? 0)
    return isCovered ? paused(pausedForMs) : exchanged
  }
}

/** Whoever was just too late for the probe comes back when it may have ended. */
const paused = (leftMs: number): Exchange => ({
  outcome: 'paused',
  retryAfterMs: Math.ceil(Math.max(firstProbeMs / 2, leftMs)),
})
