import type { Resets } from '../../resets.ts'

export type LimitAnswer = { isAllowed: true } | { isAllowed: false; retryAfterS: number }

/** The clock of a limit, and what resets it. */
export type Limiting = { now: () => number; resets: Resets }

/** At most `most` requests of one caller in any `windowMs`. */
export function createRequestLimit({ most, windowMs }: { most: number; windowMs: number }, { now, resets }: Limiting) {
  const seen = new Map<string, number[]>()
  resets.add(() => seen.clear())

  return (caller: string): LimitAnswer => {
    const recent = (seen.get(caller) ?? []).filter((at) => at > now() - windowMs && at <= now())
    const oldest = recent[0]
    if (recent.length >= most && oldest !== undefined) {
      seen.set(caller, recent)
      return { isAllowed: false, retryAfterS: Math.ceil((oldest + windowMs - now()) / 1000) }
    }
    seen.set(caller, [...recent, now()])
    return { isAllowed: true }
  }
}

/**
 * [doc] The snapshot's limit: one request per url every `everyMs`, and a pool of `spare` more that comes back after
 * `spareBackMs`.
 */
export function createSnapshotLimit(
  { everyMs, spare, spareBackMs }: { everyMs: number; spare: number; spareBackMs: number },
  limiting: Limiting,
) {
  const regular = createRequestLimit({ most: 1, windowMs: everyMs }, limiting)
  const pool = createRequestLimit({ most: spare, windowMs: spareBackMs }, limiting)

  return (caller: string): LimitAnswer => {
    const inTurn = regular(caller)
    if (inTurn.isAllowed) return inTurn
    return pool(caller).isAllowed ? { isAllowed: true } : inTurn
  }
}
