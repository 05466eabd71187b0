import type { Context } from '../context.ts'
import { failurePolicy } from './failure-policy.ts'
import { afterFailure, firstProbeMs } from './sign-in-outage-policy.ts'
import { changeOutage, claimProbe, endOutage, noteSuccess } from './sign-in-outage-store.ts'
import type { ClientCredentials, Exchange } from './token-endpoint.ts'

/** Longer than the time-out of a request: when a process dies while it probes, another one probes. */
const probeHoldMs = 12_000
/** One success in this time is enough to show that the sign-in works. */
const noteEveryMs = 10_000

/**
 * Shares one view of Trackunit's sign-in between all accounts and replicas. Once it has failed several accounts in a row,
 * one request at a time probes it, with growing pauses; the others get a time to retry, without a request. The first
 * answer, even a refusal, ends the outage for all.
 */
export async function pauseInOutage(
  ctx: Context,
  { clientId }: ClientCredentials,
  request: () => Promise<Exchange>,
): Promise<Exchange> {
  const state = await claimProbe(ctx.db, { probeHoldMs })
  if (state.pausedForMs !== undefined) return paused(state.pausedForMs)

  const exchange = await request()
  if (exchange.outcome === 'paused') return exchange
  const signIn = exchange.outcome === 'token' ? 'up' : failurePolicy[exchange.failure].signIn
  if (signIn === 'up' && state.hasFailed) {
    const downForMs = await endOutage(ctx.db)
    if (downForMs !== undefined) ctx.log.info({ downForMs }, 'Trackunit’s sign-in answers again')
  }
  if (exchange.outcome === 'token' && !(state.successAgoMs && state.successAgoMs < noteEveryMs))
    await noteSuccess(ctx.db, clientId)
  // An answer that shows nothing about the sign-in neither ends an outage nor starts one.
  const isFailure = exchange.outcome === 'failed' && (signIn === 'down' || (state.isProbe && signIn === 'unknown'))
  if (!isFailure) return exchange

  const { retryAfterMs } = exchange
  const failed = { clientId, isProbe: state.isProbe, ...(retryAfterMs && { retryAfterMs }) }
  const { hasBegun, pausedForMs } = await changeOutage(ctx.db, (before) => afterFailure(before, failed))
  if (hasBegun) ctx.log.warn('Trackunit’s sign-in does not answer: from now on one request at a time probes it')
  // The pause for all accounts replaces the account's own, which could outlast the outage by a minute.
  const isCovered = pausedForMs !== undefined && pausedForMs >= (retryAfterMs ?? 0)
  return isCovered ? paused(pausedForMs) : exchange
}

/** A request that just missed the probe retries when the probe may have ended. */
const paused = (leftMs: number): Exchange => ({
  outcome: 'paused',
  retryAfterMs: Math.ceil(Math.max(firstProbeMs / 2, leftMs)),
})
