export interface Announced {
  tenth: number
  atMs: number
}

const AT_MOST_EVERY_MS = 15_000

/**
 * Whether to announce a run's progress now: each 10 % and at most each 15 s. `kept` comes back as `before`.
 * The first progress is not announced: the page already shows it.
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
