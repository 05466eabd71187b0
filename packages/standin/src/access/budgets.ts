import { procedures } from '@standin/contracts'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { StandinError } from '../standin-error.ts'
import type { Caller, UserCaller } from './caller.ts'
import { createTurns } from './turns.ts'

/** What each replica allows. */
export interface BudgetPolicy {
  /** Calls of one service, with whichever of its keys, on average over ten seconds. */
  serviceRequestsPerS: number
  /** Calls of one user, on average over ten seconds. */
  userRequestsPerS: number
  /** Streams that one user may have open. */
  userStreams: number
  /** Streams that one service may have open. */
  serviceStreams: number
}

export type Budgets = ReturnType<typeof createBudgets>

const windowS = 10
/** All users of an account together may do as much as this many. */
const usersOfAccount = 5
/** What expensive procedures cost one caller in a window; see `workOf`. */
const workOfUser = 1_000
const workOfService = 5_000
/** What may be stored for one account in an hour, over all its callers. */
const storedBytesPerHour = 10_000_000
/** Signals of an account's lifecycle extension; one is enough. */
const signalsPerMinute = 100
/** Calls of one caller that are worked on at once; its others wait, and the calls of others pass them. */
const callsAtOnce = 4
const streamRetryMs = 10_000
/** Files of an account that are sent at once: each holds a piece in memory for as long as its reader likes. */
const downloadsOfAccount = 20

/**
 * Procedures that cost the server more than a look-up, in fiftieths of a millisecond or so. The others cost nothing here:
 * they count as calls.
 */
const workOf: Readonly<Record<string, number>> = {
  'schedule.preview': 20,
  'schedule.create': 20,
  'schedule.update': 20,
  'schedule.resume': 20,
  'run.start': 5,
  'run.retry': 5,
  'run.result': 5,
  'filter.choices': 10,
  'audit.list': 10,
  'installation.list': 10,
  'artifact.link': 2,
  'receiver.ask': 50, // It waits for a mail server.
  'delivery.undelivered': 10,
}
/** What a procedure that changes something stores besides its input, in bytes, such as events and audit entries. */
const storedByChange = 500
/** The input of the run before is stored again. */
const storedByRetry = 5_000
const storedBy: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(procedures).flatMap(([noun, named]) =>
    Object.entries(named)
      .filter(([name, { kind }]) => kind === 'mutation' && `${noun}.${name}` !== 'token.issue')
      .map(([name]) => [`${noun}.${name}`, name === 'retry' ? storedByRetry : storedByChange]),
  ),
)
/** They wait for Trackunit, which has limits of its own. */
const waitsForTrackunit: ReadonlySet<string> = new Set(['token.issue', 'installation.tryNow'])

/**
 * What one caller, and all users of one account, may ask of this replica. Counted per procedure, also inside a batch, and
 * only for authenticated callers: requests of strangers use up no budget. The counters are forgotten after their
 * window, so there are never more than there were callers in it.
 */
export function createBudgets(policy: BudgetPolicy) {
  const perWindow = (points: number) => new RateLimiterMemory({ points, duration: windowS })
  const serviceCalls = perWindow(policy.serviceRequestsPerS * windowS)
  const userCalls = perWindow(policy.userRequestsPerS * windowS)
  const accountCalls = perWindow(policy.userRequestsPerS * windowS * usersOfAccount)
  const userWork = perWindow(workOfUser)
  const accountWork = perWindow(workOfUser * usersOfAccount)
  const serviceWork = perWindow(workOfService)
  const stored = new RateLimiterMemory({ points: storedBytesPerHour, duration: 3_600 })
  const signals = new RateLimiterMemory({ points: signalsPerMinute, duration: 60 })
  /** What is open, by name. */
  const open = new Map<string, number>()
  const turns = createTurns(callsAtOnce)

  async function countCallsOfUser(caller: UserCaller, calls: number): Promise<AllowedCalls> {
    // The user first: a refused call must not use up the budget of the account, which colleagues share.
    const ofUser = await allow(userCalls, nameOf(caller), calls)
    const ofAccount = await allow(accountCalls, caller.accountId, ofUser.calls)
    return ofAccount.calls < ofUser.calls ? ofAccount : ofUser
  }

  /** Takes a place of each. @returns what gives them back */
  function hold(places: ReadonlyArray<{ name: string; most: number }>, what: string): () => void {
    for (const { name, most } of places) {
      if ((open.get(name) ?? 0) < most) continue
      const detail = `At most ${most} ${what} may be open at once. Close one first.`
      throw new StandinError('RATE_LIMITED', { retryAfterMs: streamRetryMs, detail })
    }
    for (const { name } of places) open.set(name, (open.get(name) ?? 0) + 1)
    let isOpen = true
    return () => {
      if (!isOpen) return
      isOpen = false
      for (const { name } of places) {
        const left = (open.get(name) ?? 0) - 1
        if (left > 0) open.set(name, left)
        else open.delete(name)
      }
    }
  }

  return {
    /**
     * Counts calls.
     * @returns how many of them may be made now, and when the others can be
     * @throws StandinError `RATE_LIMITED` with when to retry, where none may be made
     */
    countCalls: (caller: Caller, calls = 1): Promise<AllowedCalls> =>
      caller.kind === 'service' ? allow(serviceCalls, caller.service, calls) : countCallsOfUser(caller, calls),

    /**
     * Counts what a procedure costs beyond a call.
     * @param path such as `run.result`
     * @throws StandinError `RATE_LIMITED` with when to retry
     */
    async countWork(caller: Caller, path: string): Promise<void> {
      const work = workOf[path]
      if (work === undefined) return
      if (caller.kind === 'service') return consume(serviceWork, caller.service, work)
      await consume(userWork, nameOf(caller), work)
      await consume(accountWork, caller.accountId, work)
    },

    /**
     * Counts what a procedure stores for an account.
     * @throws StandinError `RATE_LIMITED` with when to retry
     */
    async countStored(accountId: string, path: string, input: unknown): Promise<void> {
      const bytes = storedBy[path]
      if (bytes !== undefined) await consume(stored, accountId, bytes + Buffer.byteLength(JSON.stringify(input)))
    },

    /**
     * Counts a signal of an account's lifecycle extension.
     * @throws StandinError `RATE_LIMITED` with when to retry
     */
    countSignal: (accountId: string): Promise<void> => consume(signals, accountId, 1),

    /**
     * @returns what closes the stream
     * @throws StandinError `RATE_LIMITED` for a caller, or an account, with too many of them
     */
    openStream(caller: Caller): () => void {
      const most = caller.kind === 'service' ? policy.serviceStreams : policy.userStreams
      const held = [{ name: nameOf(caller), most }]
      if (caller.kind === 'user') held.push({ name: `account ${caller.accountId}`, most: most * usersOfAccount })
      return hold(held, 'streams')
    },

    /**
     * @returns what ends the download
     * @throws StandinError `RATE_LIMITED` for an account with too many of them, counted over all its readers
     */
    openDownload: (accountId: string): (() => void) =>
      hold([{ name: `downloads ${accountId}`, most: downloadsOfAccount }], 'downloads'),

    /**
     * Lets a caller's calls in a few at a time, so that one caller's batch does not hold up another's single call.
     * @returns what ends the turn
     */
    takeTurn: async (caller: Caller, path: string): Promise<() => void> =>
      waitsForTrackunit.has(path) ? () => {} : turns.take(nameOf(caller)),

    /** How much is in memory. */
    size: () => open.size + turns.size(),
  }
}

const nameOf = (caller: Caller) =>
  caller.kind === 'service' ? `service ${caller.service}` : `user ${caller.accountId} ${caller.id}`

export interface AllowedCalls {
  calls: number
  /** When the others may be made; 0 if there are none. */
  retryAfterMs: number
}

async function allow(budget: RateLimiterMemory, name: string, points: number): Promise<AllowedCalls> {
  try {
    await budget.consume(name, points)
    return { calls: points, retryAfterMs: 0 }
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error // The library rejects with its counters.
    const { consumedPoints, msBeforeNext: retryAfterMs } = error
    const calls = points - (consumedPoints - budget.points)
    if (calls <= 0) throw new StandinError('RATE_LIMITED', { retryAfterMs })
    return { calls, retryAfterMs }
  }
}

/** All of it, or nothing. */
async function consume(budget: RateLimiterMemory, name: string, points: number): Promise<void> {
  const { calls, retryAfterMs } = await allow(budget, name, points)
  if (calls < points) throw new StandinError('RATE_LIMITED', { retryAfterMs })
}
