import { pollEveryMs } from '../accounts/follow-changes.ts'
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

export type RunFeeds = ReturnType<typeof createRunFeeds>

/**
 * What the watchers of a run share: its newest events, read once for all of them. A watcher that is further behind reads
 * for itself, as fast as its connection takes it, so that a slow one holds no memory and delays no other.
 */
export function createRunFeeds(source: Source) {
  const feeds = new Map<string, Feed>()

  return {
    /** Something happened in a run. */
    wake(runId: string): void {
      const feed = feeds.get(runId)
      if (feed) wake(feed)
    },
    wakeAll(): void {
      for (const feed of feeds.values()) wake(feed)
    },
    /** @param signal ends the waiting */
    watch(run: RunKey, signal: AbortSignal): Watch {
      const feed = feeds.get(run.id) ?? openFeed(source, run)
      feeds.set(run.id, feed)
      feed.watchers++
      let seenVersion = -1
      return {
        async after(seq) {
          seenVersion = feed.version
          await refresh(feed)
          return covers(feed, seq)
            ? feed.tail.filter((event) => event.seq > seq)
            : source.read(run, { after: seq, limit: batch })
        },
        isOver: () => isOver(feed),
        next: () => (feed.version === seenVersion && !signal.aborted ? nextChange(feed, signal) : Promise.resolve()),
        close() {
          if (--feed.watchers > 0) return
          clearInterval(feed.polling)
          feeds.delete(run.id)
        },
      }
    },
    /** How many runs are watched. */
    size: () => feeds.size,
  }
}

/** The newest events of one run, and what its watchers wait for. */
interface Feed {
  readonly source: Source
  readonly run: RunKey
  readonly polling: NodeJS.Timeout
  watchers: number
  /** Raised whenever something may have happened. */
  version: number
  /** The version up to which events were read. */
  readVersion: number
  reading: Promise<void> | undefined
  /** The newest events without a gap, from the one after `from`. */
  tail: StoredRunEvent[]
  from: number | undefined
  /** The number of the newest event that was read. */
  head: number
  /** Raised whenever the end may have come, and how far that was checked. */
  possibleEnds: number
  checkedEnds: number
  checkingEnd: Promise<boolean> | undefined
  /** Settled by the next change. */
  change: PromiseWithResolvers<void>
}

function openFeed(source: Source, run: RunKey): Feed {
  const polling = setInterval(() => {
    feed.possibleEnds++
    wake(feed)
  }, pollEveryMs).unref()
  const feed: Feed = {
    source,
    run,
    polling,
    watchers: 0,
    version: 0,
    readVersion: -1,
    reading: undefined,
    tail: [],
    from: undefined,
    head: 0,
    possibleEnds: 1,
    checkedEnds: 0,
    checkingEnd: undefined,
    change: Promise.withResolvers(),
  }
  return feed
}

function wake(feed: Feed): void {
  feed.version++
  feed.change.resolve()
  feed.change = Promise.withResolvers()
}

/** Reads what is new, once for all watchers. */
async function refresh(feed: Feed): Promise<void> {
  while (feed.readVersion < feed.version) {
    feed.reading ??= readOn(feed).finally(() => {
      feed.reading = undefined
    })
    await feed.reading
  }
}

async function readOn(feed: Feed): Promise<void> {
  const { source, run, version } = feed
  if (feed.from === undefined) {
    feed.head = await source.lastSeq(run)
    feed.from = feed.head
    feed.readVersion = version
    return
  }
  const events = await source.read(run, { after: feed.head, limit: batch })
  feed.head = events.at(-1)?.seq ?? feed.head
  feed.tail = [...feed.tail, ...events].slice(-batch)
  feed.from = feed.tail.length > 0 ? (feed.tail[0]?.seq ?? 1) - 1 : feed.head
  if (events.some(mayEnd)) feed.possibleEnds++
  if (events.length < batch) feed.readVersion = version
}

const mayEnd = (event: StoredRunEvent) => event.type === 'delivery' || (event.type === 'state' && isFinal(event.state))

const covers = ({ from }: Feed, seq: number): boolean => from !== undefined && seq >= from

/** Asks the database only when the end may have come since it last asked; once for all watchers. */
async function isOver(feed: Feed): Promise<boolean> {
  if (feed.checkedEnds === feed.possibleEnds) return false
  feed.checkingEnd ??= checkEnd(feed)
  const hasEnded = await feed.checkingEnd
  if (!hasEnded) feed.checkingEnd = undefined
  return hasEnded
}

async function checkEnd(feed: Feed): Promise<boolean> {
  const checked = feed.possibleEnds
  if (!(await feed.source.isOver(feed.run))) {
    feed.checkedEnds = checked
    return false
  }
  // The last event may be there before its notification.
  feed.version++
  await refresh(feed)
  return true
}

async function nextChange({ change }: Feed, signal: AbortSignal): Promise<void> {
  const { promise: aborted, resolve } = Promise.withResolvers<void>()
  const abort = () => resolve()
  signal.addEventListener('abort', abort, { once: true })
  await Promise.race([change.promise, aborted])
  signal.removeEventListener('abort', abort)
}
