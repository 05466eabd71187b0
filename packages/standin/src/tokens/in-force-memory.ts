import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import type { AccountScopes } from './account-scopes.ts'
import { createFlights } from './flights.ts'
import type { CredentialsInForce } from './obtain-token.ts'

/** What serves an account, and which scopes it granted. */
export type InForce = CredentialsInForce & AccountScopes

export type InForceMemory = ReturnType<typeof createInForceMemory>

interface Dependencies {
  clock: Clock
  /** @throws StandinError with the reason why the account is not served */
  find: (accountId: string) => Promise<InForce>
}

/**
 * What serves each account, as last read. It may be a moment old: no token leaves without the statement that asks again.
 * A change is heard of, and forgets what was read before it.
 */
export function createInForceMemory({ clock, find }: Dependencies, { maxAgeMs = 5_000, maxAccounts = 20_000 } = {}) {
  const known = new LRUCache<string, { inForce: InForce; readAtMs: number }>({ max: maxAccounts })
  const reads = createFlights<InForce>()
  let changes = 0

  async function read(accountId: string): Promise<InForce> {
    const [readAtMs, changesBefore] = [clock.monotonicMs(), changes]
    const inForce = await find(accountId)
    if (changes === changesBefore) known.set(accountId, { inForce, readAtMs })
    return inForce
  }

  return {
    /** Without a promise where it is remembered. @param fresh asks the database, whatever is remembered */
    get(accountId: string, { fresh }: { fresh: boolean }): InForce | Promise<InForce> {
      const remembered = known.get(accountId)
      if (!fresh && remembered && clock.monotonicMs() - remembered.readAtMs < maxAgeMs) return remembered.inForce
      // Nobody joins a read that began before a change that was heard of.
      return fresh ? read(accountId) : reads.join(`${changes} ${accountId}`, () => read(accountId))
    },
    /** What was read last, however long ago: for while the database is down. */
    lastRead: (accountId: string): InForce | undefined => known.get(accountId)?.inForce,
    forget(accountId: string): void {
      changes++
      known.delete(accountId)
    },
    forgetAll(): void {
      changes++
      known.clear()
    },
  }
}
