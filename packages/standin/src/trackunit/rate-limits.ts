import { setTimeout as pause } from 'node:timers/promises'
import type { Context } from '../context.ts'
import type { Turn } from '../database/next-turn.ts'
import { StandinError } from '../standin-error.ts'
import { learnFromAnswer } from './learn-from-answer.ts'
import { type BudgetState, decide, learn, type Window } from './rate-budget.ts'
import { changeBudgets } from './rate-budget-store.ts'
import { type LimitedRequest, limitsOf, patienceOf, type Spender } from './rate-rules.ts'
import type { ApiAnswer } from './rest-answer.ts'

/** Keeps an API client within Trackunit's limits. */
export interface RequestLimits {
  /**
   * Returns when the request may be sent; waits for a short while at most.
   * @throws StandinError `TRACKUNIT_RATE_LIMITED` with how long to wait, if that is longer
   */
  before(request: LimitedRequest): Promise<void>
  /** Learns from the answer. Never fails. */
  after(request: LimitedRequest, answer: ApiAnswer): Promise<void>
}

/** How long a request waits for its turn; for longer waits the run is set aside. */
const shortMs = 2_000
const exchangePatienceMs = 10_000

/**
 * The limits of one run's requests, which all runs of all replicas share in the database. (rate-limiter-flexible counts
 * fixed windows of one key at a time; these windows slide, several limits are taken together or not at all, and an answer
 * can set what is left.)
 */
export function limitsFor(ctx: Context, spender: Spender, signal: AbortSignal): RequestLimits {
  const { accountId } = spender
  return {
    before: (request) => waitForTurn(ctx, request, { spender, signal }),
    async after(request, answer) {
      const learnt = learnFromAnswer(request, answer, ctx.clock.now())
      const [limit] = limitsOf(request, spender)
      if (!learnt || !limit) return
      const noting = changeBudgets(ctx.db, { accountId, keys: [limit.key] }, (states, nowMs) => ({
        next: new Map([[limit.key, learn(states.get(limit.key) ?? {}, learnt, nowMs)]]),
        result: undefined,
      }))
      await noting.catch((error: unknown) => ctx.log.warn({ err: error }, 'a rate limit could not be saved'))
    },
  }
}

/**
 * Waits for the turn of a request for a token, or says when to retry. Such a request counts under the limit over all
 * accounts, and comes before all others.
 */
export async function takeExchangeTurn(
  ctx: Pick<Context, 'requestTurns'>,
): Promise<{ isTaken: true } | { isTaken: false; retryAfterMs: number }> {
  const turn = await ctx.requestTurns.take(exchangePatienceMs)
  if ('refusedForMs' in turn) return { isTaken: false, retryAfterMs: Math.ceil(turn.refusedForMs) }
  if (turn.inMs > 0) await pause(turn.inMs)
  return { isTaken: true }
}

async function waitForTurn(
  ctx: Context,
  request: LimitedRequest,
  { spender, signal }: { spender: Spender; signal: AbortSignal },
): Promise<void> {
  const wait = (ms: number) => pause(ms, undefined, { signal }).catch(() => signal.throwIfAborted())
  for (let waitedMs = 0; ; ) {
    const turn = await takeTurn(ctx, request, spender)
    if ('inMs' in turn) {
      if (turn.inMs > 0) await wait(turn.inMs)
      return
    }
    const waitMs = Math.ceil(turn.refusedForMs) + 5
    waitedMs += waitMs
    if (waitedMs > shortMs) throw new StandinError('TRACKUNIT_RATE_LIMITED', { retryAfterMs: waitMs, limit: turn.by })
    await wait(waitMs)
  }
}

/**
 * Takes a turn under the rate over all accounts, then one under the account's own limits. If these refuse, only the former is
 * lost, which costs a fraction of a second; a turn under the account's limits may be the only one in a day.
 * @returns how long until the turn that was taken, or for how long none can be had
 */
async function takeTurn(
  { db, requestTurns }: Context,
  request: LimitedRequest,
  spender: Spender,
): Promise<Turn & { by?: Window | undefined }> {
  const overAll = await requestTurns.take(patienceOf(spender))
  if ('refusedForMs' in overAll) return overAll
  const limits = limitsOf(request, spender)
  const names = { accountId: spender.accountId, keys: limits.map(({ key }) => key) }
  return changeBudgets<Turn & { by?: Window | undefined }>(db, names, (states, nowMs) => {
    const next = new Map<string, BudgetState>()
    let { inMs } = overAll
    let refusedForMs = 0
    let by: Window | undefined
    for (const { key, rule } of limits) {
      const decision = decide(states.get(key) ?? {}, rule, nowMs)
      if ('refusedForMs' in decision) {
        if (decision.refusedForMs > refusedForMs) by = decision.by
        refusedForMs = Math.max(refusedForMs, decision.refusedForMs)
      } else {
        next.set(key, decision.next)
        inMs = Math.max(inMs, decision.inMs)
      }
    }
    return refusedForMs > 0 ? { result: { refusedForMs, by } } : { next, result: { inMs } }
  })
}
