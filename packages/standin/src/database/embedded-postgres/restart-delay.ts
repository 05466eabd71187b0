const windowMs = 10 * 60_000
const delaysMs = [0, 250, 1_000, 5_000, 15_000, 30_000, 60_000]

/**
 * How long to wait before PostgreSQL is started again. It never gives up: a full disk may have room again.
 * @param lostAtMs moments at which it died, the present one included
 */
export function restartDelayMs(lostAtMs: readonly number[], nowMs: number): number {
  const recent = lostAtMs.filter((atMs) => nowMs - atMs < windowMs)
  return delaysMs[Math.max(recent.length, 1) - 1] ?? Math.max(...delaysMs)
}
