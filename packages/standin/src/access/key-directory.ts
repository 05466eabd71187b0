import { setTimeout as pause } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import type { Context } from '../context.ts'
import { createGroupWriter } from '../database/group-writer.ts'
import { toRefusal } from '../refusal.ts'
import { StandinError } from '../standin-error.ts'
import { findServiceByKey, type GoodKey, whichKeysExist } from './access-store.ts'
import type { ServiceCaller } from './caller.ts'

interface Known extends GoodKey {
  /** On the monotonic clock, before the read. */
  readAtMs: number
  isStale: boolean
}

export interface KeyDirectory {
  /**
   * The service behind a key, or undefined where the key is not good.
   * @param digest of a well-formed key
   * @throws StandinError `STORAGE_UNAVAILABLE` while the database is down and the key was not read recently
   */
  find(digest: string): Promise<ServiceCaller | undefined>
  /** Whether a key was good when it was last read here. */
  wasGood(digest: string): boolean
  /** For `access_changed`, and for a new session that may have missed one: reads every key again before it is used. */
  readAgain(): void
}

/** Nothing older is used, even without any notification: a replica that hears nothing is at most a second behind. */
const freshForMs = 900
/** A database that does not answer for this long is considered down. */
const answersWithinMs = 1_500
/** How often it is tried while it is down, instead of once for each request. */
const askAgainAfterMs = 500
const maxKeys = 10_000

/**
 * Which keys are good, and what their services may do: reads each key at most once in 0.9 s, and at once after a change.
 * While the database is down, the last reading holds for `OUTAGE_SERVE_S`. (With lru-cache's `fetchMethod`, a read under
 * way takes a place in the cache: a flood of unknown keys during an outage would evict the good ones.)
 */
export function createKeyDirectory(ctx: Pick<Context, 'db' | 'clock' | 'config' | 'signedRows'>): KeyDirectory {
  const { clock, config } = ctx
  const known = new LRUCache<string, Known>({ max: maxKeys })
  const reads = new Map<string, Promise<Known | undefined>>()
  let askAgainAtMs = Number.NEGATIVE_INFINITY
  let changes = 0

  // Anybody can make up well-formed keys: those are looked up together, so that a flood costs one statement at a time.
  const exists = createGroupWriter<string, boolean>({
    write: async (digests) => {
      const existing = await whichKeysExist(ctx.db, digests)
      return digests.map((digest) => existing.has(digest))
    },
  })
  const findGood = async (digest: string) =>
    known.has(digest) || (await exists(digest)) ? findServiceByKey(ctx, digest) : undefined

  async function read(digest: string): Promise<Known | undefined> {
    const readAtMs = clock.monotonicMs()
    const changesBefore = changes
    const found = await answerInTime(findGood(digest))
    if (!found) {
      known.delete(digest)
      return undefined
    }
    // A change that was announced during the read may be missing from it.
    const entry = { ...found, readAtMs, isStale: changes !== changesBefore }
    known.set(digest, entry)
    return entry
  }

  function readOnce(digest: string): Promise<Known | undefined> {
    const underway = reads.get(digest) ?? read(digest).finally(() => reads.delete(digest))
    reads.set(digest, underway)
    return underway
  }

  return {
    async find(digest) {
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
      const lastRead = known.get(digest)
      const stillHolds =
        lastRead &&
        clock.monotonicMs() - lastRead.readAtMs < config.outageServeMs &&
        lastRead.expiresAt.getTime() > clock.now().getTime()
      if (!stillHolds) throw new StandinError('STORAGE_UNAVAILABLE')
      return lastRead.caller
    },
    wasGood: (digest) => known.has(digest),
    readAgain() {
      changes++
      askAgainAtMs = Number.NEGATIVE_INFINITY // The database sent this: it is up.
      for (const each of known.values()) each.isStale = true
    },
  }
}

/** @throws StandinError `STORAGE_UNAVAILABLE` where no answer comes in time */
async function answerInTime<Answer>(answer: Promise<Answer>): Promise<Answer> {
  const late = new AbortController()
  answer.catch(() => {}) // It may still fail after the time is up.
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
