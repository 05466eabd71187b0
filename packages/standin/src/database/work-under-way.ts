const noticeEveryMs = 100
/** Slow after seven to eight ticks. With the time that a probe may take, a hand-out waits for 1.5 seconds at most. */
const slowAfterTicks = 8

interface Work {
  interrupt: (reason: Error) => void
  /** Counted by `noticeSlow`. */
  slowAtTick: number
}

export interface WorkUnderWay {
  /** The result of `work`, or what it is interrupted with, whichever comes first. */
  follow<Result>(work: Promise<Result>): Promise<Result>
  /** Fails all work that is under way. */
  interruptAll(reason: Error): void
}

/**
 * Work that must not outlast an outage.
 * @param onSlow called while work takes long
 */
export function createWorkUnderWay(onSlow: () => void): WorkUnderWay {
  /** The longest first. Work leaves when it ends: a race with one long promise would keep all of it in memory. */
  const working = new Set<Work>()
  /** One timer for all work: one each would cost more than most of the work. */
  let timer: NodeJS.Timeout | undefined
  let ticks = 0

  function noticeSlow(): void {
    ticks++
    let isSlow = false
    for (const work of working) {
      if (work.slowAtTick > ticks) break
      isSlow = true
      // Moved to the end, so that the set stays in the order of these ticks.
      working.delete(work)
      working.add(work)
      work.slowAtTick = ticks + slowAfterTicks
    }
    if (isSlow) onSlow()
    if (working.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  return {
    follow: (promise) =>
      new Promise((resolve, reject) => {
        const work = { interrupt: reject, slowAtTick: ticks + slowAfterTicks }
        working.add(work)
        timer ??= setInterval(noticeSlow, noticeEveryMs).unref()
        const settledBy =
          <Value>(settle: (value: Value) => void) =>
          (value: Value) => {
            working.delete(work)
            settle(value)
          }
        promise.then(settledBy(resolve), settledBy(reject))
      }),
    interruptAll(reason) {
      for (const { interrupt } of working) interrupt(reason)
    },
  }
}
