import type { Logger } from './observability/logger.ts'

export interface BackgroundLoop {
  /** Looks for work now. */
  wake(): void
  /** Ends the loop after the work that is under way. */
  stop(): Promise<void>
}

/** One loop of a server: its work, and how often it looks for some. */
export interface LoopRow {
  name: string
  /** The longest time between two looks. */
  everyMs: number
  /** Does a piece of work. @returns whether there may be more to do at once, or in how many milliseconds there is */
  work: () => Promise<boolean | number>
}

/**
 * Does work when woken, and every `everyMs` in case a wake-up was lost. An error is logged and the loop goes on.
 */
export function startBackgroundLoop({ name, everyMs, work }: LoopRow, log: Pick<Logger, 'error'>): BackgroundLoop {
  let isStopped = false
  let isAwake = true
  let rouse: (() => void) | undefined

  async function loop(): Promise<void> {
    while (!isStopped) {
      isAwake = false
      let nextInMs = everyMs
      try {
        const more = await work()
        if (typeof more === 'number') nextInMs = Math.min(more, everyMs)
        else if (more) isAwake = true
      } catch (error) {
        log.error({ err: error, loop: name }, 'background work failed')
      }
      if (isAwake || isStopped) continue
      const { promise, resolve } = Promise.withResolvers<void>()
      rouse = resolve
      const timer = setTimeout(resolve, nextInMs)
      await promise
      clearTimeout(timer)
    }
  }
  const ended = loop()

  const wake = () => {
    isAwake = true
    rouse?.()
  }
  return {
    wake,
    async stop() {
      isStopped = true
      wake()
      await ended
    },
  }
}
