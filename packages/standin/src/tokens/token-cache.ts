import { LRUCache } from 'lru-cache'
import type { Secret } from '../observability/secret.ts'
import type { TokenIdentity } from './exchange-store.ts'

/** A token in this process's memory. */
export interface HeldToken {
  accessToken: Secret
  fingerprint: string
  generation: number
  lifetimeMs: number
  /** Its end on the monotonic clock, counted from before the exchange. */
  endsAtMs: number
}

export type TokenCache = ReturnType<typeof createTokenCache>

/** A token's whole identity, beginning with its account. */
export const keyOfToken = ({ accountId, generation, scopeKey }: TokenIdentity) =>
  `${accountId} ${generation} ${scopeKey}`

const accountOf = (key: string) => key.slice(0, key.indexOf(' '))

/** Tokens in memory, at most 20,000 (about 20 MB), the least used dropped first. */
export function createTokenCache({ maxTokens = 20_000 } = {}) {
  const keysOfAccount = new Map<string, Set<string>>()
  const held = new LRUCache<string, HeldToken>({
    max: maxTokens,
    dispose(_token, key, reason) {
      if (reason === 'set') return
      const keys = keysOfAccount.get(accountOf(key))
      keys?.delete(key)
      if (keys?.size === 0) keysOfAccount.delete(accountOf(key))
    },
  })
  return {
    get: (key: string) => held.get(key),
    set(key: string, token: HeldToken): void {
      held.set(key, token)
      const keys = keysOfAccount.get(accountOf(key)) ?? new Set()
      keysOfAccount.set(accountOf(key), keys.add(key))
    },
    /** A newer token of this account is in the database: what is held may be one that an API refused. */
    forgetOlder(accountId: string, newFingerprint: string): void {
      const keys = [...(keysOfAccount.get(accountId) ?? [])]
      if (keys.some((key) => held.peek(key)?.fingerprint === newFingerprint)) return
      for (const key of keys) held.delete(key)
    },
  }
}
