import type { Database } from '../src/database/database.ts'
import { type Exchanged, storeExchanged } from '../src/tokens/exchange-store.ts'
import { type TokenIdentity, takeLease } from '../src/tokens/lease-store.ts'
import { unheard } from './unheard.ts'

type StoredToken = TokenIdentity & Omit<Exchanged, 'lease' | 'refreshAheadMs' | 'forced'>

/** Stores a token as an exchange does. @returns whether it was stored */
export async function storeToken(db: Database, token: StoredToken): Promise<boolean> {
  const lease = await takeLease(db, token, { seenFence: undefined, holder: 0, leaseMs: 1_000 })
  return (
    lease !== undefined &&
    (await storeExchanged({ db, notices: unheard }, token, { ...token, lease, refreshAheadMs: 0, forced: false }))
  )
}
