import type { Clock } from '../src/clock.ts'

export interface AdjustableClock extends Clock {
  advance(ms: number): void
}

/** A clock that stands still until it is moved. It starts in the past, so that whatever is due by it is due in the database. */
export function createAdjustableClock(start = new Date('2025-03-01T12:00:00.000Z')): AdjustableClock {
  let passedMs = 0
  return {
    now: () => new Date(start.getTime() + passedMs),
    monotonicMs: () => passedMs,
    advance: (ms) => {
      passedMs += ms
    },
  }
}
