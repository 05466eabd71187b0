export interface Announced {
  tenth: number
  atMs: number
}

const AT_MOST_EVERY_MS = 15_000

/**
 * Whether a screen reader hears of a run's progress now: each 10 % and at most each 15 s. `kept` comes back as `before`.
 * What a run has reached when it is first seen is not said: the page has said that it started, or shows where it is.
 */
export function progressToAnnounce(
  before: Announced | undefined,
  { done, total, nowMs }: { done: number; total: number | null; nowMs: number },
): { kept: Announced; speak: boolean } {
  const tenth = total ? Math.floor((done / total) * 10) : 0
  if (!before) return { kept: { tenth, atMs: nowMs }, speak: false }
  if (tenth <= before.tenth || nowMs - before.atMs < AT_MOST_EVERY_MS) return { kept: before, speak: false }
  return { kept: { tenth, atMs: nowMs }, speak: true }
}
