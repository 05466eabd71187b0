import type { DatabaseWatch } from './database/database-watch.ts'
import type { Logger } from './observability/logger.ts'
import type { Metrics } from './observability/metrics.ts'
import { toRefusal } from './refusal.ts'

export interface BackgroundLoop {
  /** Looks for work now. */
  wake(): void
  /** Ends the loop after the work that is under way. */
  stop(): Promise<void>
}

/** One loop of a server: its work, and how often it looks for some. */
export interface LoopRow {
  name: string
  /** The longest time between two checks. */
  everyMs: number
  /** Does a piece of work. @returns whether there may be more to do at once, or in how many milliseconds there is */
  work: () => Promise<boolean | number>
}

/** The part of a context that a loop needs. */
export interface LoopContext {
  log: Pick<Logger, 'error'>
  watch: Pick<DatabaseWatch, 'isDown' | 'suspect'>
  metrics: Pick<Metrics, 'countFailedLoop'>
}

/** How often a loop checks whether the database is back. */
const downForMs = 1_000

/**
 * Does work when woken, and every `everyMs` in case a wake-up was lost. An error is logged and counted, and the loop continues.
 * While the database is down, the loop does nothing and logs nothing: the database watch has logged the outage.
 */
export function startBackgroundLoop(
  { name, everyMs, work }: LoopRow,
  { log, watch, metrics }: LoopContext,
): BackgroundLoop {
  metrics.countFailedLoop(name, 0)
  let isStopped = false
  let isAwake = true
  let rouse: (() => void) | undefined

  async function loop(): Promise<void> {
    while (!isStopped) {
      isAwake = false
      let nextInMs = everyMs
      try {
        const more = watch.isDown() ? downForMs : await work()
        if (typeof more === 'number') nextInMs = Math.min(more, everyMs)
        else if (more) isAwake = true
      } catch (error) {
        const isOfDatabase = toRefusal(error).reason === 'STORAGE_UNAVAILABLE'
        if (!(isOfDatabase && (await watch.suspect(error)))) {
          metrics.countFailedLoop(name)
          log.error({ err: error, loop: name }, 'background work failed')
        } else nextInMs = Math.min(downForMs, everyMs)
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
