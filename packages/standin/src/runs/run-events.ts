import { EventEmitter } from 'node:events'
import type { RunEvent } from '@standin/contracts'
import type { Database } from '../database/database.ts'
import type { Listener } from '../database/listen.ts'
import { isFinal } from './run-lifecycle.ts'
import { isOpenRun, listEvents } from './run-store.ts'

export type RunEvents = Awaited<ReturnType<typeof createRunEvents>>

const batch = 500
/** The net under a lost notification. */
const pollEveryMs = 5_000

/** The events of runs, as streams that miss none and repeat none. One LISTEN for a process, however many watch. */
export async function createRunEvents({ db, listener }: { db: Database; listener: Listener }) {
  const woken = new EventEmitter()
  woken.setMaxListeners(0)
  await listener.on(
    'run_event',
    (runId) => woken.emit(runId),
    () => woken.emit('all'), // What was announced while the connection was away is read again.
  )

  return {
    /**
     * Events after `afterSeq`, those there are and those to come; ends after the final state, at once
     * where that was seen already.
     * @param signal ends the stream: the reader left, or their right to read ended
     */
    async *stream(
      runId: string,
      { afterSeq, signal }: { afterSeq: number; signal: AbortSignal },
    ): AsyncGenerator<RunEvent> {
      let seen = afterSeq
      let hasEnded = false
      const wake = createWake(woken, runId, signal) // Before the first read: an event between the two is not missed.
      try {
        while (!signal.aborted) {
          const events = await listEvents(db, runId, { after: seen, limit: batch })
          for (const event of events) {
            if (signal.aborted) return
            seen = event.seq
            yield event
            if (event.type === 'state' && isFinal(event.state)) return
          }
          if (events.length === 0) {
            if (hasEnded) return
            // Nothing comes any more; what came between the two looks is read once more.
            hasEnded = !(await isOpenRun(db, runId))
            if (hasEnded) continue
          }
          if (events.length < batch) await wake.next()
        }
      } finally {
        wake.close()
      }
    },
  }
}

/** Resolves when something happened since the last time it was asked, or when the net's time is up. */
function createWake(woken: EventEmitter, runId: string, signal: AbortSignal) {
  let happened = false
  let resolve: (() => void) | undefined
  const wake = () => {
    happened = true
    resolve?.()
  }
  woken.on(runId, wake)
  woken.on('all', wake)
  signal.addEventListener('abort', wake)
  return {
    async next(): Promise<void> {
      if (!happened) {
        const { promise, resolve: settle } = Promise.withResolvers<void>()
        resolve = settle
        const net = setTimeout(settle, pollEveryMs)
        await promise
        clearTimeout(net)
        resolve = undefined
      }
      happened = false
    },
    close(): void {
      woken.off(runId, wake)
      woken.off('all', wake)
      signal.removeEventListener('abort', wake)
    },
  }
}
