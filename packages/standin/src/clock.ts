/** Time, handed in. `now` is the wall clock; `monotonicMs` never goes back, for spans. */
export interface Clock {
  now(): Date
  monotonicMs(): number
}

export const systemClock: Clock = { now: () => new Date(), monotonicMs: () => performance.now() }

/** Time by the machine's clock, which may be wrong at any moment: a jump of it changes nothing here until `correct` says what is right. */
export interface SteadyClock extends Clock {
  /** @param aheadMs how far the machine's clock is ahead of what is right; 0: it is right */
  correct(aheadMs: number): void
  /** Calls once for each jump of the machine's clock, when the time is asked for. */
  onJump(listener: () => void): void
}

/** Less than this is NTP's work. */
const jumpMs = 1_000

/** Between two corrections it advances with the monotonic clock. */
export function createSteadyClock(machine: Clock): SteadyClock {
  let listener = () => {}
  let hasJumped = false
  let aheadMs = 0
  let from = { nowMs: machine.now().getTime(), monotonicMs: machine.monotonicMs() }
  return {
    monotonicMs: machine.monotonicMs,
    now() {
      const nowMs = from.nowMs + machine.monotonicMs() - from.monotonicMs
      if (!hasJumped && Math.abs(machine.now().getTime() - aheadMs - nowMs) > jumpMs) {
        hasJumped = true
        listener()
      }
      return new Date(nowMs)
    },
    correct(ms) {
      aheadMs = ms
      hasJumped = false
      from = { nowMs: machine.now().getTime() - ms, monotonicMs: machine.monotonicMs() }
    },
    onJump(next) {
      listener = next
    },
  }
}

export const hourMs = 3_600_000
export const dayMs = 24 * hourMs

export const daysAgo = (clock: Pick<Clock, 'now'>, days: number): Date => new Date(clock.now().getTime() - days * dayMs)
