import type { EventEmitter } from 'node:events'

/** A lost notification delays a reader by this long at most. */
export const pollEveryMs = 5_000

/**
 * Yields what was emitted under `name` since the last time, all of it together, until `signal` aborts.
 * @param first what counts as emitted when it begins
 * @param polled what counts as emitted every few seconds
 */
export async function* followChanges<Change>(
  emitter: EventEmitter,
  name: string,
  { first, polled, signal }: { first: Iterable<Change>; polled: Change; signal: AbortSignal },
): AsyncGenerator<ReadonlySet<Change>> {
  let changed = new Set(first)
  let happened = Promise.withResolvers<void>()
  const wake = () => happened.resolve()
  const note = (change: Change) => {
    changed.add(change)
    wake()
  }
  const poll = setInterval(note, pollEveryMs, polled)
  emitter.on(name, note) // Before the first yield, so that a reader misses nothing that happens while it reads.
  signal.addEventListener('abort', wake)
  try {
    while (!signal.aborted) {
      if (changed.size === 0) {
        await happened.promise
        happened = Promise.withResolvers()
        continue
      }
      const seen = changed
      changed = new Set()
      yield seen
    }
  } finally {
    clearInterval(poll)
    emitter.off(name, note)
    signal.removeEventListener('abort', wake)
  }
}
