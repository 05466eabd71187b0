import type { IssuedToken } from '@standin/contracts'

/** An access token of an account. */
export interface CachedToken {
  accessToken: string
  scopes: readonly string[]
  /** ISO 8601, as the server sent it. */
  expiresAt: string
}

/** Reads a monotonic clock, in milliseconds: a wall clock that is set back would keep a dead token alive. */
export type MonotonicClock = () => number

interface Entry {
  token: CachedToken
  /** Resolved long ago, so that a hit returns it as it is. */
  ready: Promise<CachedToken>
  usableUntilMs: number
}

/** Tokens of this process, at most `maxEntries`, the oldest dropped first; concurrent callers share one request. */
export function createTokenCache(now: MonotonicClock, maxEntries: number) {
  const entries = new Map<string, Entry>()
  const flights = new Map<string, Promise<CachedToken>>()

  function usable(key: string): Entry | undefined {
    const entry = entries.get(key)
    return entry !== undefined && entry.usableUntilMs > now() ? entry : undefined
  }

  function keep(key: string, entry: Entry): void {
    entries.delete(key)
    entries.set(key, entry)
    if (entries.size <= maxEntries) return
    const oldest = entries.keys().next().value
    if (oldest !== undefined) entries.delete(oldest)
  }

  /** Counts from before the request, so that a slow answer never makes a token live longer. */
  async function request(key: string, ask: () => Promise<IssuedToken>): Promise<CachedToken> {
    const askedAtMs = now()
    const { accessToken, scopes, expiresAt, expiresInMs, cacheForMs } = await ask()
    const token = { accessToken, scopes, expiresAt }
    const usableUntilMs = askedAtMs + Math.min(cacheForMs, expiresInMs)
    keep(key, { token, ready: Promise.resolve(token), usableUntilMs })
    return token
  }

  function fly(key: string, ask: () => Promise<IssuedToken>): Promise<CachedToken> {
    const flight = request(key, ask).finally(() => flights.delete(key))
    flights.set(key, flight)
    return flight
  }

  return {
    get(key: string, ask: () => Promise<IssuedToken>): Promise<CachedToken> {
      return usable(key)?.ready ?? flights.get(key) ?? fly(key, ask)
    },
    /** Another token than the rejected one: the cached one, or one request for all callers. */
    async replace(key: string, rejected: string, ask: () => Promise<IssuedToken>): Promise<CachedToken> {
      for (;;) {
        const entry = usable(key)
        if (entry !== undefined && entry.token.accessToken !== rejected) return entry.token
        entries.delete(key)
        const flight = flights.get(key)
        if (flight === undefined) return fly(key, ask)
        const token = await flight
        if (token.accessToken !== rejected) return token
      }
    },
  }
}
