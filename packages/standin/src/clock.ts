/** The source of time, passed in. `now` is the wall clock; `monotonicMs` never goes back, for durations. */
export interface Clock {
  now(): Date
  monotonicMs(): number
}

export const systemClock: Clock = { now: () => new Date(), monotonicMs: () => performance.now() }

/** Follows the machine's clock, but not its jumps: these change nothing until `correct` is called. */
export interface SteadyClock extends Clock {
  /** @param aheadMs how far the machine's clock is ahead of the right time; 0: it is right */
  correct(aheadMs: number): void
  /** Calls once for each jump of the machine's clock, when the time is next read. */
  onJump(listener: () => void): void
}

/** NTP makes smaller corrections. */
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
