import { LRUCache } from 'lru-cache'
import type { Secret } from '../observability/secret.ts'

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

/** Tokens in memory, at most 20,000 (about 20 MB), the least used dropped first. */
export function createTokenCache({ maxTokens = 20_000 } = {}) {
  const held = new LRUCache<string, HeldToken>({ max: maxTokens })
  return {
    get: (key: string) => held.get(key),
    set: (key: string, token: HeldToken) => void held.set(key, token),
    drop: (key: string) => void held.delete(key),
  }
}
