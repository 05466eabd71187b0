import type { RunKey, StoredRunEvent } from './run-table.ts'
import type { RunsContext } from './runs-context.ts'

/**
 * The events of a run after `afterSeq`, past and future, without gaps or repetitions. Ends after the final state and the outcome
 * of the deliveries; at once if the reader has seen those. A process reads each event once for all its readers.
 * @param signal ends the stream: the reader left, or may no longer read
 */
export async function* streamRunEvents(
  { runs }: RunsContext,
  run: RunKey,
  { afterSeq, signal }: { afterSeq: number; signal: AbortSignal },
): AsyncGenerator<StoredRunEvent> {
  let seen = afterSeq
  let isOver = false
  const watch = runs.feeds.watch(run, signal) // Before the first read: an event between the two is not missed.
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
}
