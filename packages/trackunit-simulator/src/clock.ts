export type Clock = ReturnType<typeof createClock>

/** Trackunit's time: the machine's, plus a fixed offset once it was set, so that it keeps running. */
export function createClock(realNow: () => number = Date.now) {
  let offsetMs = 0

  return {
    /** Milliseconds since 1970. */
    now: () => realNow() + offsetMs,

    /** Jumps to `at` (milliseconds since 1970) and continues from there; `null` returns to the machine's time. */
    set(at: number | null) {
      offsetMs = at === null ? 0 : at - realNow()
    },

    isMoved: () => offsetMs !== 0,
    /** How far it is ahead of the machine's time. */
    offsetMs: () => offsetMs,
  }
}
