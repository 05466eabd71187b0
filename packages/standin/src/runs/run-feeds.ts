import { isFinal } from './run-lifecycle.ts'
import type { RunKey, StoredRunEvent } from './run-table.ts'

interface Source {
  /** Events after a number, in order. */
  read: (run: RunKey, range: { after: number; limit: number }) => Promise<StoredRunEvent[]>
  /** The number of the last event; 0 if there is none. */
  lastSeq: (run: RunKey) => Promise<number>
  /** Whether no more events come. */
  isOver: (run: RunKey) => Promise<boolean>
}

export interface Watch {
  /** The events after a number that there are now, at most `batch`. */
  after(seq: number): Promise<readonly StoredRunEvent[]>
  /** Whether no more events come. If so, `after` gives all there are. */
  isOver(): Promise<boolean>
  /** Resolves when something happened since the last `after`, after five seconds, or with the signal. */
  next(): Promise<void>
  close(): void
}

const batch = 500
/** In case a notification was lost. */
const pollEveryMs = 5_000

export type RunFeeds = ReturnType<typeof createRunFeeds>

/**
 * What the watchers of a run share: its newest events, read once for all of them. A watcher that is further behind reads
 * for itself, as fast as its connection takes it, so that a slow one holds no memory and delays no other.
 */
export function createRunFeeds(source: Source) {
  const feeds = new Map<string, Feed>()

  return {
    /** Something happened in a run. */
    wake: (runId: string): void => feeds.get(runId)?.wake(),
    wakeAll(): void {
      for (const feed of feeds.values()) feed.wake()
    },
    /** @param signal ends the waiting */
    watch(run: RunKey, signal: AbortSignal): Watch {
      const feed = feeds.get(run.id) ?? createFeed(source, run)
      feeds.set(run.id, feed)
      feed.watchers++
      let seenVersion = -1
      return {
        async after(seq) {
          seenVersion = feed.version
          await feed.refresh()
          return feed.covers(seq) ? feed.newerThan(seq) : source.read(run, { after: seq, limit: batch })
        },
        isOver: feed.isOver,
        next: () => (feed.version === seenVersion && !signal.aborted ? feed.changed(signal) : Promise.resolve()),
        close() {
          if (--feed.watchers > 0) return
          feed.stop()
          feeds.delete(run.id)
        },
      }
    },
    /** How many runs are watched. */
    size: () => feeds.size,
  }
}

type Feed = ReturnType<typeof createFeed>

/** The newest events of one run, and the watchers that wait for more. */
function createFeed({ read, lastSeq, isOver }: Source, run: RunKey) {
  /** The newest events without a gap, from the one after `from`. */
  let tail: StoredRunEvent[] = []
  let from: number | undefined
  let head = 0
  let readVersion = -1
  let reading: Promise<void> | undefined
  /** Raised whenever the end may have come; checked up to `lookedFor`. */
  let ends = 1
  let lookedFor = 0
  let over: Promise<boolean> | undefined
  let told = Promise.withResolvers<void>()
  const net = setInterval(() => {
    ends++
    feed.wake()
  }, pollEveryMs).unref()

  async function look(): Promise<boolean> {
    const upTo = ends
    if (!(await isOver(run))) {
      lookedFor = upTo
      return false
    }
    // Its last event may be there before its notification is.
    feed.version++
    await feed.refresh()
    return true
  }

  async function readOn(): Promise<void> {
    const version = feed.version
    if (from === undefined) {
      head = await lastSeq(run)
      from = head
      readVersion = version
      return
    }
    const events = await read(run, { after: head, limit: batch })
    head = events.at(-1)?.seq ?? head
    tail = [...tail, ...events].slice(-batch)
    from = tail.length > 0 ? (tail[0]?.seq ?? 1) - 1 : head
    if (events.some((event) => event.type === 'delivery' || (event.type === 'state' && isFinal(event.state)))) ends++
    if (events.length < batch) readVersion = version
  }

  const feed = {
    watchers: 0,
    /** Raised whenever something may have happened. */
    version: 0,
    wake(): void {
      feed.version++
      told.resolve()
      told = Promise.withResolvers()
    },
    /** Reads what is new, once for all watchers. */
    async refresh(): Promise<void> {
      while (readVersion < feed.version) {
        reading ??= readOn().finally(() => {
          reading = undefined
        })
        await reading
      }
    },
    covers: (seq: number): boolean => from !== undefined && seq >= from,
    newerThan: (seq: number): readonly StoredRunEvent[] => tail.filter((event) => event.seq > seq),
    async isOver(): Promise<boolean> {
      if (lookedFor === ends) return false
      over ??= look()
      const isTrue = await over
      if (!isTrue) over = undefined
      return isTrue
    },
    async changed(signal: AbortSignal): Promise<void> {
      const { promise: aborted, resolve } = Promise.withResolvers<void>()
      const abort = () => resolve()
      signal.addEventListener('abort', abort, { once: true })
      await Promise.race([told.promise, aborted])
      signal.removeEventListener('abort', abort)
    },
    stop: (): void => clearInterval(net),
  }
  return feed
}
