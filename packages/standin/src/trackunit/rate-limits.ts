import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import type { Logger } from '../observability/logger.ts'
import { StandinError } from '../standin-error.ts'
import { type BudgetState, decide, type Learnt, learn } from './rate-budget.ts'
import { changeBudgets } from './rate-budget-store.ts'
import { ceiling, fingerprintOf, type Limit, limitsOf, type Spender } from './rate-rules.ts'
import type { LimitedRequest, RequestLimits } from './request-limits.ts'
import type { ApiAnswer } from './rest-answer.ts'
import { retryAfterOf } from './retry-after.ts'

interface Dependencies {
  db: Database
  clock: Clock
  log: Logger
  /** Requests a second over all accounts and replicas. */
  perSecond: number
  /** Waits; ends early with the signal. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>
}

/** A wait that is shorter than this is waited; for a longer one the run is put aside. */
const shortMs = 2_000
const pauseWithoutAnyMs = 60_000
const exchangePatienceMs = 10_000
const longestMs = 3_600_000

export type RateLimits = ReturnType<typeof createRateLimits>

/** Trackunit's limits, kept together by all runs of all replicas. */
export function createRateLimits({ db, clock, log, perSecond, wait = waitFor }: Dependencies) {
  /** @returns how long until the request's turn, or how long none can be had */
  const take = (limits: readonly Limit[]) =>
    changeBudgets<{ inMs: number } | { refusedForMs: number }>(db, limits, (states, nowMs) => {
      const next = new Map<string, BudgetState>()
      let inMs = 0
      let refusedForMs = 0
      for (const { key, rule } of limits) {
        const decision = decide(states.get(key) ?? {}, rule, nowMs)
        if ('refusedForMs' in decision) refusedForMs = Math.max(refusedForMs, decision.refusedForMs)
        else {
          next.set(key, decision.next)
          inMs = Math.max(inMs, decision.inMs)
        }
      }
      return refusedForMs > 0 ? { result: { refusedForMs } } : { next, result: { inMs } }
    })

  async function pass(limits: readonly Limit[], signal: AbortSignal): Promise<void> {
    for (let waitedMs = 0; ; ) {
      const taken = await take(limits)
      if ('inMs' in taken) {
        if (taken.inMs > 0) await wait(taken.inMs, signal)
        return
      }
      const waitMs = Math.ceil(taken.refusedForMs) + 5
      waitedMs += waitMs
      if (waitedMs > shortMs) throw new StandinError('TRACKUNIT_RATE_LIMITED', { retryAfterMs: waitMs })
      await wait(waitMs, signal)
    }
  }

  return {
    /** The limits of one run's requests. */
    limitsFor: (spender: Spender, signal: AbortSignal): RequestLimits => ({
      before: (request) => pass(limitsOf(request, spender, { perSecond }), signal),
      async after(request, answer) {
        const learnt = learntFrom(request, answer, clock.now())
        const [limit] = limitsOf(request, spender, { perSecond })
        if (!learnt || !limit) return
        await changeBudgets(db, [limit], (states, nowMs) => ({
          next: new Map([[limit.key, learn(states.get(limit.key) ?? {}, learnt, nowMs)]]),
          result: undefined,
        })).catch((error: unknown) => log.warn({ err: error }, 'a limit was not noted')) // The answer is there, and counts.
      },
    }),
    /**
     * Before an exchange at `/apptoken`, which counts under the ceiling as well and goes before everything else: waits
     * for its turn, or says when there is one.
     */
    async beforeExchange(
      signal: AbortSignal = new AbortController().signal,
    ): Promise<{ isTaken: true } | { isTaken: false; retryAfterMs: number }> {
      const turn = await take([ceiling({ perSecond, patienceMs: exchangePatienceMs })])
      if ('refusedForMs' in turn) return { isTaken: false, retryAfterMs: Math.ceil(turn.refusedForMs) }
      if (turn.inMs > 0) await wait(turn.inMs, signal)
      return { isTaken: true }
    },
  }
}

const waitFor = async (ms: number, signal: AbortSignal): Promise<void> => {
  await pause(ms, undefined, { signal }).catch(() => signal.throwIfAborted())
}

const pointsSchema = z.object({
  data: z
    .object({ rateLimit: z.object({ cost: z.number(), remaining: z.number(), resetIn: z.number() }).nullish() })
    .nullish(),
  errors: z
    .array(z.object({ extensions: z.object({ code: z.unknown(), resetIn: z.number().optional() }).optional() }))
    .nullish(),
})

/** What an answer says of its limit; undefined where it says nothing. */
export function learntFrom({ document }: LimitedRequest, answer: ApiAnswer, now: Date): Learnt | undefined {
  if (answer.status === 429) return { blockedForMs: retryAfterOf(answer.headers, now) ?? pauseWithoutAnyMs }
  if (document === undefined) return undefined
  const { data, errors } = parsed(answer.text) ?? {}
  const limited = errors?.find(({ extensions }) => extensions?.code === 'RATE_LIMITED')
  if (limited) return { blockedForMs: bounded(limited.extensions?.resetIn ?? pauseWithoutAnyMs) }
  const isRefused = isRefusal(answer.status, errors) || (data ? false : undefined)
  if (!data?.rateLimit) return { isRefused } // Whoever waits for what it would have said need not wait longer.
  const { cost, remaining, resetIn } = data.rateLimit
  return { isRefused, points: { document: fingerprintOf(document), cost, remaining, resetInMs: bounded(resetIn) } }
}

/** What a plan without GraphQL answers is not documented: as where a permission is missing, or by name. */
const isRefusal = (status: number, errors: z.infer<typeof pointsSchema>['errors']) =>
  status === 403 || status === 404 || (errors ?? []).some(({ extensions }) => extensions?.code === 'PLAN_REQUIRED')

/** Windows are of ten minutes: an answer of days must not stop an account for days. */
const bounded = (ms: number) => Math.min(ms, longestMs)

function parsed(text: string) {
  try {
    return pointsSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
