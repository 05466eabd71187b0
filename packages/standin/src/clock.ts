/** Time, handed in. `now` is the wall clock; `monotonicMs` never goes back, for spans. */
export interface Clock {
  now(): Date
  monotonicMs(): number
}

export const systemClock: Clock = { now: () => new Date(), monotonicMs: () => performance.now() }

export const dayMs = 86_400_000

export const daysAgo = (clock: Pick<Clock, 'now'>, days: number): Date => new Date(clock.now().getTime() - days * dayMs)
