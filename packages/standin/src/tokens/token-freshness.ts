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
 * How long before its end a token that is used is replaced in the background: early enough that an outage of two minutes,
 * and the pause after it, end before the margin; spread, so that tokens that began together do not end together. One that
 * somebody had to wait for is replaced anywhere between the half and nine tenths of its life: accounts that were all
 * installed in one minute, or all asked for after an outage, part there.
 * @param random from 0 up to 1
 */
export function refreshAheadMs({
  lifetimeMs,
  wasWaitedFor,
  random,
}: {
  lifetimeMs: number
  wasWaitedFor: boolean
  random: number
}): number {
  const latestMs = Math.max(1.5 * safetyMarginMs(lifetimeMs), Math.min(250_000, 0.07 * lifetimeMs))
  if (wasWaitedFor) return Math.max(latestMs, (0.1 + 0.4 * random) * lifetimeMs)
  return latestMs + random * Math.min(60_000, lifetimeMs / 60)
}

/** Whether a token is used: one that nobody asked for during a whole life is let go. */
export function isInUse({ unusedForMs, lifetimeMs }: { unusedForMs: number; lifetimeMs: number }): boolean {
  return unusedForMs < lifetimeMs
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
