import { setTimeout as pause } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import type { Listener } from '../database/listen.ts'
import { toRefusal } from '../refusal.ts'
import { StandinError } from '../standin-error.ts'
import { findServiceByKey, findServiceByKeyId, type GoodKey } from './access-store.ts'
import type { ServiceCaller } from './caller.ts'

export type KeyDirectory = Awaited<ReturnType<typeof createKeyDirectory>>

interface Dependencies {
  db: Database
  listener: Pick<Listener, 'on'>
  clock: Clock
  policy: {
    /** While the database is down, what was read of a key holds for this long; 0: not at all. */
    outageServeMs: number
  }
}

interface Known extends GoodKey {
  /** On the monotonic clock, before the read. */
  readAtMs: number
  isStale: boolean
}

/** Also without any word of a change, nothing is older: a replica that hears nothing stays within a second. */
const freshForMs = 900
/** A database that does not answer for this long is taken for down. */
const answersWithinMs = 1_500
/** While it is down it is asked this often, not once for each request. */
const askAgainAfterMs = 500
const maxKeys = 10_000

/**
 * Which keys are good, and what their services may do: read at most once in 0.9 s for each key, again at once where a
 * replica says that something changed. While the database is down what was last read holds for a while.
 */
export async function createKeyDirectory({ db, listener, clock, policy }: Dependencies) {
  const known = new LRUCache<string, Known>({ max: maxKeys })
  const reads = new Map<string, Promise<Known | undefined>>()
  let askAgainAtMs = Number.NEGATIVE_INFINITY
  let changes = 0

  const readAllAgain = () => {
    changes++
    askAgainAtMs = Number.NEGATIVE_INFINITY // Who says so is the database: it is there.
    for (const each of known.values()) each.isStale = true
  }
  await listener.on('access_changed', readAllAgain, readAllAgain)

  async function read(digest: string): Promise<Known | undefined> {
    const readAtMs = clock.monotonicMs()
    const changesBefore = changes
    const found = await answered(findServiceByKey(db, digest))
    if (!found) {
      known.delete(digest)
      return undefined
    }
    // A change that was announced meanwhile may have come after what was read.
    const entry = { ...found, readAtMs, isStale: changes !== changesBefore }
    known.set(digest, entry)
    return entry
  }

  function readOnce(digest: string): Promise<Known | undefined> {
    const underWay = reads.get(digest)
    if (underWay) return underWay
    const reading = read(digest).finally(() => reads.delete(digest))
    reads.set(digest, reading)
    return reading
  }

  /** What was last read, where it may still be believed without the database. */
  function lastRead(digest: string): ServiceCaller | undefined {
    const last = known.get(digest)
    const isBelieved =
      last !== undefined &&
      clock.monotonicMs() - last.readAtMs < policy.outageServeMs &&
      last.expiresAt.getTime() > clock.now().getTime()
    return isBelieved ? last.caller : undefined
  }

  return {
    /**
     * The service behind a key, or undefined where the key is not good.
     * @param digest of a key that is well-formed
     * @throws StandinError `STORAGE_UNAVAILABLE` while the database is down and the key was not read lately
     */
    async find(digest: string): Promise<ServiceCaller | undefined> {
      const nowMs = clock.monotonicMs()
      const last = known.get(digest)
      if (last && !last.isStale && nowMs - last.readAtMs < freshForMs) return last.caller

      if (nowMs >= askAgainAtMs) {
        try {
          return (await readOnce(digest))?.caller
        } catch (error) {
          if (toRefusal(error).reason !== 'STORAGE_UNAVAILABLE') throw error
          askAgainAtMs = clock.monotonicMs() + askAgainAfterMs
        }
      }
      const believed = lastRead(digest)
      if (!believed) throw new StandinError('STORAGE_UNAVAILABLE')
      return believed
    },
    /** Whether a key was good when it was last seen here: whoever has it is no stranger. */
    wasGood: (digest: string): boolean => known.has(digest),
    /** What a key's service may do now, asked of the database; undefined once the key is not good any more. */
    current: async (keyId: string): Promise<ServiceCaller | undefined> => (await findServiceByKeyId(db, keyId))?.caller,
  }

  /** @throws StandinError `STORAGE_UNAVAILABLE` where no answer comes in time */
  async function answered<Answer>(answer: Promise<Answer>): Promise<Answer> {
    const late = new AbortController()
    answer.catch(() => {}) // An error after the time was up is nobody's.
    try {
      return await Promise.race([
        answer,
        pause(answersWithinMs, undefined, { signal: late.signal, ref: false }).then(() => {
          throw new StandinError('STORAGE_UNAVAILABLE')
        }),
      ])
    } finally {
      late.abort()
    }
  }
}
