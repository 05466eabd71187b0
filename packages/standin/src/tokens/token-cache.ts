import { LRUCache } from 'lru-cache'
import type { Secret } from '../config/secret.ts'
import type { TokenIdentity } from './lease-store.ts'

/** A token in this process's memory. */
export interface HeldToken {
  accessToken: Secret
  /** base64url of the token's SHA-256: identifies a token without revealing it. */
  fingerprint: string
  generation: number
  lifetimeMs: number
  /** When it expires, on the monotonic clock, counted from before the exchange. */
  endsAtMs: number
}

export type TokenCache = ReturnType<typeof createTokenCache>

interface Place {
  accountId: string
  scopeKey: string
}

/**
 * Tokens in memory, at most 20,000 (about 20 MB); the least recently used are dropped first. An account has one for each
 * scope set: that of the latest generation. Nested maps, since building a combined key costs more than the rest of a lookup.
 */
export function createTokenCache({ maxTokens = 20_000 } = {}) {
  const placesOfAccount = new Map<string, Map<string, Place>>()
  const held = new LRUCache<Place, HeldToken>({
    max: maxTokens,
    dispose(_token, { accountId, scopeKey }, reason) {
      if (reason === 'set') return
      const places = placesOfAccount.get(accountId)
      places?.delete(scopeKey)
      if (places?.size === 0) placesOfAccount.delete(accountId)
    },
  })
  return {
    get({ accountId, generation, scopeKey }: TokenIdentity): HeldToken | undefined {
      const place = placesOfAccount.get(accountId)?.get(scopeKey)
      const token = place && held.get(place)
      return token?.generation === generation ? token : undefined
    },
    set({ accountId, scopeKey }: Place, token: HeldToken): void {
      const places = placesOfAccount.get(accountId) ?? new Map<string, Place>()
      placesOfAccount.set(accountId, places)
      const place = places.get(scopeKey) ?? { accountId, scopeKey }
      places.set(scopeKey, place)
      held.set(place, token)
    },
    /** The database has a newer token of this account: those in memory may have been refused by an API. */
    forgetOlder(accountId: string, newFingerprint: string): void {
      const places = [...(placesOfAccount.get(accountId)?.values() ?? [])]
      if (places.some((place) => held.peek(place)?.fingerprint === newFingerprint)) return
      for (const place of places) held.delete(place)
    },
  }
}
