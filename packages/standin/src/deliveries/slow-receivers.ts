import { LRUCache } from 'lru-cache'

/** Longer than a working receiver needs. */
const slowMs = 5_000
const mostAccounts = 1_000

export interface SlowReceivers {
  /** Notes how long the last send of an account took. */
  note(accountId: string, tookMs: number): void
  /** Accounts whose last send took long: their deliveries come last. */
  accounts(): string[]
}

/**
 * Remembers accounts whose receivers keep a sender waiting. An account has one send under way at a time, but a few with many
 * results and receivers that never answer would take all senders, and all other results would wait behind theirs.
 */
export function createSlowReceivers(): SlowReceivers {
  const slow = new LRUCache<string, true>({ max: mostAccounts })
  return {
    note: (accountId, tookMs) => void (tookMs > slowMs ? slow.set(accountId, true) : slow.delete(accountId)),
    accounts: () => [...slow.keys()],
  }
}
