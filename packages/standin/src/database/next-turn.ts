/** A rate of requests. A request is refused if its turn is further away than `patienceMs`. */
export interface TurnRule {
  perSecond: number
  patienceMs: number
}

export type Turn = { inMs: number } | { refusedForMs: number }

/** A fifth of a second's requests may be sent at once; the rest is spaced, so that no second has more than allowed. */
export function nextTurn(
  nextAtMs: number | undefined,
  { perSecond, patienceMs }: TurnRule,
  nowMs: number,
): { inMs: number; nextAtMs: number } | { refusedForMs: number } {
  const burst = Math.max(1, Math.floor(perSecond / 5))
  const spacingMs = 1_000 / Math.max(1, perSecond - (burst > 1 ? burst : 0))
  const turnAtMs = Math.max(nextAtMs ?? 0, nowMs - (burst - 1) * spacingMs)
  const inMs = Math.max(0, turnAtMs - nowMs)
  return inMs > patienceMs ? { refusedForMs: inMs } : { inMs, nextAtMs: turnAtMs + spacingMs }
}
