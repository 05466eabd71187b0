/** A `fresh` token may be handed out; a `stale` one must be replaced first. */
export type TokenFreshness = 'fresh' | 'stale'

/**
 * No token is handed out inside its safety margin: the smaller of a minute and a fifth of its lifetime.
 * @param leftMs until it ends, on a clock that started before the exchange
 */
export function tokenFreshness({ leftMs, lifetimeMs }: { leftMs: number; lifetimeMs: number }): TokenFreshness {
  return leftMs > safetyMarginMs(lifetimeMs) ? 'fresh' : 'stale'
}

export function safetyMarginMs(lifetimeMs: number): number {
  return Math.min(60_000, lifetimeMs / 5)
}

/**
 * How long before its end a token in use is refreshed in the background: early enough that an outage of two minutes, and
 * the pause after it, end before the margin; with jitter, so that tokens that began together do not end together. A token
 * that a caller had to wait for is refreshed between half and nine tenths of its lifetime: this spreads accounts that were
 * all installed in one minute, or all asked for after an outage.
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

/** Whether a token is in use: it is no longer refreshed once a whole lifetime has passed without a use. */
export function isInUse({ unusedForMs, lifetimeMs }: { unusedForMs: number; lifetimeMs: number }): boolean {
  return unusedForMs < lifetimeMs
}

/** How long a caller may reuse a token without asking again: as long as the server allows, never into the margin. */
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
