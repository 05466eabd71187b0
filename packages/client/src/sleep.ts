/** Waits for this many milliseconds; rejects with the signal's reason once it aborts. */
export type Sleep = (ms: number, signal: AbortSignal | undefined) => Promise<void>

/** On the platform's timer. */
export const sleep: Sleep = (ms, signal) => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const waiting = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  return unlessAborted(waiting, signal).finally(() => clearTimeout(timer))
}

/** The promise, or a rejection with the signal's reason as soon as it aborts; the work behind the promise continues. */
export function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return work
  let stop = () => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', stop))
}

/** Aborts with the first of those that are given; undefined if none is. */
export function anySignal(...signals: ReadonlyArray<AbortSignal | null | undefined>): AbortSignal | undefined {
  const given = signals.filter((signal) => signal !== undefined && signal !== null)
  return given.length > 1 ? AbortSignal.any(given) : given[0]
}
