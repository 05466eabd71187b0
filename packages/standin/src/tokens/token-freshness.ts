/** How a token stands: `fresh` may leave, `stale` must be replaced first. */
export type TokenFreshness = 'fresh' | 'stale'

/**
 * Nothing leaves inside the margin: the smaller of a minute and a fifth of the token's life.
 * @param leftMs until it ends, on a clock that started before the exchange
 */
export function tokenFreshness({ leftMs, lifetimeMs }: { leftMs: number; lifetimeMs: number }): TokenFreshness {
  return leftMs > safetyMarginMs(lifetimeMs) ? 'fresh' : 'stale'
}

export function safetyMarginMs(lifetimeMs: number): number {
  return Math.min(60_000, lifetimeMs / 5)
}

/**
 * How long a caller may re-use a token without asking again: what the server allows, never into the margin.
 */
export function cacheForMs({
  leftMs,
  lifetimeMs,
  allowedMs,
}: {
  leftMs: number
  lifetimeMs: number
  allowedMs: number
}): number {
  return Math.max(0, Math.floor(Math.min(allowedMs, leftMs - safetyMarginMs(lifetimeMs))))
}
