import type { Database } from '../database/database.ts'
import type { Listener } from '../database/listen.ts'
import { lastSeqOf, listEvents } from './run-event-store.ts'
import { createRunFeeds } from './run-feeds.ts'
import { isOpenRun } from './run-list-store.ts'
import type { StoredRunEvent } from './run-table.ts'

export type RunEvents = Awaited<ReturnType<typeof createRunEvents>>

interface Dependencies {
  db: Database
  listener: Pick<Listener, 'on'>
  /** Whether the result of a run that has ended is still on its way to somebody. */
  hasOpenDeliveries?: (runId: string) => Promise<boolean>
}

/**
 * The events of runs, as streams that miss none and repeat none. One LISTEN for a process, and one query for an event of
 * a run, however many watch it.
 */
export async function createRunEvents({ db, listener, hasOpenDeliveries = async () => false }: Dependencies) {
  const feeds = createRunFeeds({
    read: (runId, range) => listEvents(db, runId, range),
    lastSeq: (runId) => lastSeqOf(db, runId),
    isOver: async (runId) => !(await isOpenRun(db, runId)) && !(await hasOpenDeliveries(runId)),
  })
  await listener.on('run_event', feeds.wake, feeds.wakeAll) // What was announced while the connection was away is read again.

  return {
    /**
     * Events after `afterSeq`, those there are and those to come; ends after the final state and the outcome of the
     * deliveries, at once where that was seen already.
     * @param signal ends the stream: the reader left, or their right to read ended
     */
    async *stream(
      runId: string,
      { afterSeq, signal }: { afterSeq: number; signal: AbortSignal },
    ): AsyncGenerator<StoredRunEvent> {
      let seen = afterSeq
      let isOver = false
      const watch = feeds.watch(runId, signal) // Before the first read: an event between the two is not missed.
      try {
        while (!signal.aborted) {
          const events = await watch.after(seen)
          for (const event of events) {
            if (signal.aborted) return
            seen = event.seq
            yield event
          }
          if (events.length > 0) continue
          if (isOver) return
          isOver = await watch.isOver()
          if (!isOver) await watch.next()
        }
      } finally {
        watch.close()
      }
    },
  }
}
