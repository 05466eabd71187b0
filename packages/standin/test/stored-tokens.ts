import type { Database } from '../src/database/database.ts'
import { storeExchanged, takeLease } from '../src/tokens/exchange-store.ts'

interface StoredToken {
  accountId: string
  scopeKey: string
  generation: number
  sealedToken: string
  fingerprint: string
  lifetimeMs: number
  leftMs: number
}

/** Stores a token as an exchange does. @returns whether it was stored */
export async function storeToken(db: Database, token: StoredToken): Promise<boolean> {
  const lease = await takeLease(db, token, { seenFence: undefined, holder: 0, leaseMs: 1_000 })
  return lease !== undefined && (await storeExchanged(db, token, { ...token, lease, refreshAheadMs: 0, forced: false }))
}
