import type { IssuedToken } from '@standin/contracts'

export interface CachedToken {
  accessToken: string
  scopes: readonly string[]
  /** ISO 8601, as the server said. */
  expiresAt: string
}

/** Reads a monotonic clock, in milliseconds: a wall clock that is set back would keep a dead token alive. */
export type MonotonicClock = () => number

/** Tokens of this process, at most `maxEntries`, the oldest dropped first; concurrent callers share one request. */
export function createTokenCache(now: MonotonicClock, maxEntries: number) {
  const cached = new Map<string, { token: CachedToken; usableUntil: number }>()
  const flights = new Map<string, Promise<CachedToken>>()

  /** Life is counted from before the request, so that a slow answer never makes a token live longer. */
  async function request(key: string, ask: () => Promise<IssuedToken>): Promise<CachedToken> {
    const askedAt = now()
    const { accessToken, scopes, expiresAt, cacheForMs } = await ask()
    const token = { accessToken, scopes, expiresAt }
    cached.delete(key)
    cached.set(key, { token, usableUntil: askedAt + cacheForMs })
    const oldest = cached.keys().next().value
    if (cached.size > maxEntries && oldest !== undefined) cached.delete(oldest)
    return token
  }

  return {
    async get(key: string, ask: () => Promise<IssuedToken>): Promise<CachedToken> {
      const hit = cached.get(key)
      if (hit && hit.usableUntil > now()) return hit.token

      const underway = flights.get(key)
      if (underway) return underway
      const flight = request(key, ask).finally(() => flights.delete(key))
      flights.set(key, flight)
      return flight
    },
  }
}
