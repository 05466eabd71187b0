import { LRUCache } from 'lru-cache'
import type { findCredentialsInForce } from '../accounts/credentials-in-force.ts'
import type { Clock } from '../clock.ts'

/** The credentials that serve an account, parked ones too, and the scopes that it granted. */
export type InForce = Awaited<ReturnType<typeof findCredentialsInForce>>

export type InForceMemory = ReturnType<typeof createInForceMemory>

interface Source {
  clock: Clock
  /** `findCredentialsInForce`. @throws StandinError with the reason why the account is not served */
  find: (accountId: string) => Promise<InForce>
}

interface Read {
  inForce: InForce
  /** On the monotonic clock, before the read. */
  atMs: number
}

/**
 * The credentials in force of each account, as last read. They may be up to `maxAgeMs` old: the statement that records a
 * hand-out checks them again. A notified change forgets them, and what was being read at that moment.
 */
export function createInForceMemory({ clock, find }: Source, { maxAgeMs = 5_000, maxAccounts = 20_000 } = {}) {
  // Without lru-cache's own `ttl`: it makes a look-up a fifth slower, and counts from the end of a read.
  const known = new LRUCache<string, Read>({
    max: maxAccounts,
    fetchMethod: read,
    ignoreFetchAbort: true, // Callers that asked before a change get what they read; it is not remembered.
    noDeleteOnFetchRejection: true, // For an outage of the database.
  })

  async function read(accountId: string): Promise<Read> {
    const atMs = clock.monotonicMs()
    return { inForce: await find(accountId), atMs }
  }
  const readShared = async (accountId: string) => (await known.forceFetch(accountId, { forceRefresh: true })).inForce

  return {
    /** Not a promise if they are remembered; callers that miss at the same time share one read. */
    get(accountId: string): InForce | Promise<InForce> {
      const last = known.get(accountId)
      return last && clock.monotonicMs() - last.atMs < maxAgeMs ? last.inForce : readShared(accountId)
    },

    /** Always reads the database, and shares no read that is under way. */
    async read(accountId: string): Promise<InForce> {
      const before = known.peek(accountId)
      const now = await read(accountId)
      // If it was forgotten during the read, the read may have begun before the change.
      if (before && known.peek(accountId) === before) known.set(accountId, now)
      return now.inForce
    },

    /** What was read last, however long ago: for an outage of the database. */
    lastRead: (accountId: string): InForce | undefined => known.peek(accountId)?.inForce,
    forget: (accountId: string): void => void known.delete(accountId),
    forgetAll: (): void => known.clear(),
  }
}
