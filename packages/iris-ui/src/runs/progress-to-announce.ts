export interface Announced {
  runId: string
  tenth: number
  atMs: number
}

const AT_MOST_EVERY_MS = 15_000

/** Screen readers hear of progress each 10 % and at most each 15 s; what this returns is kept for the next call. */
export function progressToAnnounce(
  before: Announced | undefined,
  { runId, done, total, nowMs }: { runId: string; done: number; total: number | null; nowMs: number },
): Announced | undefined {
  if (!total || done === 0) return undefined
  const tenth = Math.floor((done / total) * 10)
  if (before && before.runId === runId && (tenth <= before.tenth || nowMs - before.atMs < AT_MOST_EVERY_MS)) {
    return undefined
  }
  return { runId, tenth, atMs: nowMs }
}
