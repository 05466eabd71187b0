import { LRUCache } from 'lru-cache'
import type { Context } from '../context.ts'
import { toRefusal } from '../refusal.ts'
import { StandinError } from '../standin-error.ts'
import { answerInTime } from './answer-in-time.ts'

interface Known<Value> {
  value: Value
  /** On the monotonic clock, before the read. */
  readAtMs: number
  /** How many changes had been announced before the read: with another one, it is read again. */
  changesBefore: number
}

/** Nothing older is used, even without a notification: a replica that gets none is at most a second behind. */
const freshForMs = 900
/** How often a database that is down is tried again, however many requests there are. */
const askAgainAfterMs = 500

/**
 * The last readings of rows that decide who gets access. Each row is read at most once in 0.9 s, and again after a change.
 * While the database is down, the last reading holds for `OUTAGE_SERVE_S`. Rows that do not exist are not remembered. (With
 * lru-cache's `fetchMethod`, a read under way takes a place in the cache: a flood of unknown names during an outage would
 * evict the good ones.)
 * @param isOver whether a reading has expired on its own, such as a key past its date
 */
export function createLastReadings<Value extends object>(
  { clock, config }: Pick<Context, 'clock' | 'config'>,
  { max, isOver = () => false }: { max: number; isOver?: (value: Value) => boolean },
) {
  const known = new LRUCache<string, Known<Value>>({ max })
  const reads = new Map<string, Promise<Value | undefined>>()
  let askAgainAtMs = Number.NEGATIVE_INFINITY
  let changes = 0

  async function read(name: string, find: () => Promise<Value | undefined>): Promise<Value | undefined> {
    const readAtMs = clock.monotonicMs()
    const changesBefore = changes
    const value = await answerInTime(find())
    // A change that was announced during the read may be missing from it.
    if (value) known.set(name, { value, readAtMs, changesBefore })
    else known.delete(name)
    return value
  }

  function readOnce(name: string, find: () => Promise<Value | undefined>): Promise<Value | undefined> {
    const underway = reads.get(name) ?? read(name, find).finally(() => reads.delete(name))
    reads.set(name, underway)
    return underway
  }

  async function readOrHold(name: string, find: () => Promise<Value | undefined>): Promise<Value | undefined> {
    if (clock.monotonicMs() >= askAgainAtMs) {
      try {
        return await readOnce(name, find)
      } catch (error) {
        if (toRefusal(error).reason !== 'STORAGE_UNAVAILABLE') throw error
        askAgainAtMs = clock.monotonicMs() + askAgainAfterMs
      }
    }
    const last = known.get(name)
    const stillHolds =
      last && clock.monotonicMs() - last.readAtMs < config.outageServeMs && !isOver(last.value) ? last.value : undefined
    if (!stillHolds) throw new StandinError('STORAGE_UNAVAILABLE')
    return stillHolds
  }

  return {
    /**
     * Not a promise if it was read just now.
     * @throws StandinError `STORAGE_UNAVAILABLE` while the database is down and it was not read recently
     */
    get(name: string, find: () => Promise<Value | undefined>): Value | undefined | Promise<Value | undefined> {
      const last = known.get(name)
      const isFresh = last && last.changesBefore === changes && clock.monotonicMs() - last.readAtMs < freshForMs
      return isFresh ? last.value : readOrHold(name, find)
    },
    /** Whether it was there when it was last read here. */
    has: (name: string): boolean => known.has(name),
    /** For `access_changed`, and for a new session that may have missed one: all is read again before it is used. */
    readAgain(): void {
      changes++
      askAgainAtMs = Number.NEGATIVE_INFINITY // The database sent this: it is up.
    },
  }
}
