import type { Logger } from './observability/logger.ts'

export interface BackgroundLoop {
  /** Looks for work now. */
  wake(): void
  /** Ends the loop; what is under way is finished first. */
  stop(): Promise<void>
}

/**
 * Does work whenever it is woken, and every `everyMs` as a net under a wake-up that was lost.
 * @param work returns whether there may be more to do at once
 */
export function startBackgroundLoop(
  work: () => Promise<boolean>,
  { everyMs, log, name }: { everyMs: number; log: Logger; name: string },
): BackgroundLoop {
  let isStopped = false
  let isAwake = true
  let rouse: (() => void) | undefined

  async function loop(): Promise<void> {
    while (!isStopped) {
      isAwake = false
      try {
        if (await work()) isAwake = true
      } catch (error) {
        log.error({ err: error, loop: name }, 'background work failed')
      }
      if (isAwake || isStopped) continue
      const { promise, resolve } = Promise.withResolvers<void>()
      rouse = resolve
      const net = setTimeout(resolve, everyMs)
      await promise
      clearTimeout(net)
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
