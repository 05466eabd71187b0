/** Time, handed in. `now` is the wall clock; `monotonicMs` never goes back, for spans. */
export interface Clock {
  now(): Date
  monotonicMs(): number
}

export const systemClock: Clock = { now: () => new Date(), monotonicMs: () => performance.now() }
