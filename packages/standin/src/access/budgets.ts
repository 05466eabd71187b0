import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { StandinError } from '../standin-error.ts'
import type { Caller, UserCaller } from './caller.ts'
import { createPlaces } from './places.ts'
import { decidesOrStops, searchesRows, storedBy, waitsForTrackunit, workOf } from './procedure-costs.ts'
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
/** Of that, by one of its users: nobody keeps their colleagues from what changes something. */
const storedByUserPerHour = storedBytesPerHour / usersOfAccount
/** Signals of an account's lifecycle extension; one is enough. */
const signalsPerMinute = 100
/** Calls of one caller that run at once. Its other calls wait, while those of other callers overtake them. */
const callsAtOnce = 4
/**
 * Calls of an account's users that search through rows at once. One in a result of 200,000 keeps a session of the database
 * busy for up to two seconds, and a replica has six of them for all accounts.
 */
const searchesAtOnce = 2
/** Files of an account that are sent at once: each keeps a piece in memory for as long as its reader takes. */
const downloadsOfAccount = 20
/** Of these, to one reader, so that nobody who reads slowly keeps colleagues waiting. */
const downloadsOfReader = downloadsOfAccount / usersOfAccount

/**
 * What one caller, and all users of one account, may ask of this replica. Counted per procedure, also inside a batch, and
 * only for authenticated callers: other requests use up no budget. The counters are forgotten after their window, so there
 * are never more than there were callers in it.
 */
export function createBudgets(policy: BudgetPolicy) {
  const perWindow = (points: number) => new RateLimiterMemory({ points, duration: windowS })
  const serviceCalls = perWindow(policy.serviceRequestsPerS * windowS)
  const userCalls = perWindow(policy.userRequestsPerS * windowS)
  const accountCalls = perWindow(policy.userRequestsPerS * windowS * usersOfAccount)
  const userWork = perWindow(workOfUser)
  const accountWork = perWindow(workOfUser * usersOfAccount)
  const serviceWork = perWindow(workOfService)
  const perHour = (points: number) => new RateLimiterMemory({ points, duration: 3_600 })
  const stored = perHour(storedBytesPerHour)
  const storedByUser = perHour(storedByUserPerHour)
  const signals = new RateLimiterMemory({ points: signalsPerMinute, duration: 60 })
  const places = createPlaces()
  const turns = createTurns(callsAtOnce)
  const searches = createTurns(searchesAtOnce)

  async function countCallsOfUser(caller: UserCaller, calls: number): Promise<AllowedCalls> {
    // The user first: a refused call must not use up the budget of the account, which colleagues share.
    const ofUser = await allow(userCalls, nameOf(caller), calls)
    const ofAccount = await allow(accountCalls, caller.accountId, ofUser.calls)
    return ofAccount.calls < ofUser.calls ? ofAccount : ofUser
  }

  return {
    /**
     * Counts calls.
     * @returns how many of them may be made now, and when the others can be
     * @throws StandinError `RATE_LIMITED` with when to retry, if none may be made
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
     * Counts what a procedure stores for an account. A user who decides or stops something has their own budget alone, so that
     * others cannot prevent it.
     * @throws StandinError `RATE_LIMITED` with when to retry
     */
    async countStored(
      caller: Caller,
      { accountId, path, input }: { accountId: string; path: string; input: unknown },
    ): Promise<void> {
      const change = storedBy[path]
      if (change === undefined) return
      const bytes = change + Buffer.byteLength(JSON.stringify(input))
      if (caller.kind === 'user') await consume(storedByUser, nameOf(caller), bytes)
      if (caller.kind === 'service' || !decidesOrStops.has(path)) await consume(stored, accountId, bytes)
    },

    /**
     * Counts a signal of an account's lifecycle extension.
     * @throws StandinError `RATE_LIMITED` with when to retry
     */
    countSignal: (accountId: string): Promise<void> => consume(signals, accountId, 1),

    /**
     * @returns a function that closes the stream
     * @throws StandinError `RATE_LIMITED` for a caller, or an account, with too many of them
     */
    openStream(caller: Caller): () => void {
      const most = caller.kind === 'service' ? policy.serviceStreams : policy.userStreams
      const held = [{ name: nameOf(caller), most }]
      if (caller.kind === 'user') held.push({ name: `account ${caller.accountId}`, most: most * usersOfAccount })
      return places.hold(held, 'streams')
    },

    /**
     * @param reader who asked for the link, as the link names them
     * @returns a function that ends the download
     * @throws StandinError `RATE_LIMITED` for a reader, or an account, with too many of them
     */
    openDownload: (accountId: string, reader: string): (() => void) =>
      places.hold(
        [
          { name: `downloads ${accountId} ${reader}`, most: downloadsOfReader },
          { name: `downloads ${accountId}`, most: downloadsOfAccount },
        ],
        'downloads',
      ),

    /**
     * Lets a few of a caller's calls run at a time, so that one caller's batch does not delay another's single call.
     * @returns a function that ends the turn
     */
    async takeTurn(caller: Caller, path: string): Promise<() => void> {
      if (waitsForTrackunit.has(path)) return () => {}
      const end = await turns.take(nameOf(caller))
      if (caller.kind === 'service' || !searchesRows.has(path)) return end
      try {
        const endSearch = await searches.take(caller.accountId)
        return () => {
          endSearch()
          end()
        }
      } catch (error) {
        end()
        throw error
      }
    },

    /** How much is in memory. */
    size: () => places.size() + turns.size() + searches.size(),
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
