import { createLocalJWKSet } from 'jose'
import pLimit from 'p-limit'
import { type SignatureAlgorithm, signatureAlgorithms } from '../config/signature-algorithms.ts'
import type { Context } from '../context.ts'
import { createKeySetStore, type KeySetStore } from './key-set-store.ts'
import { readBounded } from './read-bounded.ts'
import { type FindKey, isPlausible, usableKeys, type Verdict, verifySignature } from './verify-signature.ts'

const maxBytes = 64 * 1024
const fetchTimeoutMs = 5_000
const refreshAfterMs = 10 * 60_000
const serveAtMostMs = 24 * 3_600_000
/** A flood of plausible signatures must not use up the process's threads, which also read files and look up names. */
const verifiedAtOnce = 8

export interface KeySetPolicy {
  url: string
  /** Accepts only these of the allowed ones. */
  algorithms?: readonly SignatureAlgorithm[] | undefined
  /** The least time between two fetches: a flood of unknown `kid`s or bad signatures costs one fetch in this time. */
  cooldownMs: number
}

/** `unavailable`: the signature cannot be judged yet; ask again after `retryAfterMs`. */
export type Verification = Verdict | { outcome: 'unavailable'; retryAfterMs: number }

export type KeySet = ReturnType<typeof createKeySet>

/**
 * A published set of verification keys. Known keys serve while the endpoint is down, for at most a day, even after a
 * restart. A signature that none of them verifies is invalid only if the set was fetched after the request arrived, since
 * its key may be newer, even under a known `kid`. No address is ever built from a token. (jose's `createRemoteJWKSet` fetches
 * once for each unknown `kid` while the endpoint is down.)
 * @param store keeps the keys across a restart; if it fails, the keys in memory still serve
 */
export function createKeySet(
  { clock, fetch, userAgent, ...ctx }: Pick<Context, 'clock' | 'fetch' | 'userAgent' | 'db' | 'signedRows'>,
  { url, algorithms: allowed = signatureAlgorithms, cooldownMs }: KeySetPolicy,
  store: KeySetStore = createKeySetStore(ctx),
) {
  const inTurn = pLimit(verifiedAtOnce)
  let keys: { find: FindKey; askedAtMs: number } | undefined
  let lastTryAtMs = Number.NEGATIVE_INFINITY
  let underway: Promise<void> | undefined
  let restored: Promise<void> | undefined

  const cooldownLeftMs = () => Math.max(0, lastTryAtMs + cooldownMs - clock.monotonicMs())
  const unavailable = () => ({ outcome: 'unavailable', retryAfterMs: Math.max(1_000, cooldownLeftMs()) }) as const

  async function refresh(): Promise<void> {
    const askedAtMs = clock.monotonicMs()
    const fetchedAt = clock.now()
    lastTryAtMs = askedAtMs
    try {
      const response = await fetch(url, {
        redirect: 'error',
        signal: AbortSignal.timeout(fetchTimeoutMs),
        headers: { accept: 'application/json', 'user-agent': userAgent },
      })
      if (!response.ok) return
      const usable = usableKeys(JSON.parse(await readBounded(response, maxBytes)))
      if (!usable) return // No publisher withdraws all its keys: this answer is a mistake.
      keys = { find: createLocalJWKSet({ keys: usable }), askedAtMs }
      store.save(url, { keys: usable, fetchedAt }).catch(() => {})
    } catch {
      // Down, slow, or unreadable: the known keys still serve; the cool-down counts from this attempt.
    }
  }

  /** Takes over the keys from before the restart, at their age. */
  async function restore(): Promise<void> {
    const stored = await store.load(url)
    if (!stored || keys) return
    const ageMs = clock.now().getTime() - stored.fetchedAt.getTime()
    const usable = usableKeys({ keys: stored.keys })
    // Keys from the future have no known age: the clock was wrong once.
    if (usable && ageMs >= 0 && ageMs <= serveAtMostMs)
      keys = { find: createLocalJWKSet({ keys: usable }), askedAtMs: clock.monotonicMs() - ageMs }
  }

  function restoreOnce(): Promise<void> {
    restored ??= restore().catch(() => {
      restored = undefined // The database was not reachable: next time.
    })
    return restored
  }

  /** Joins a fetch that is under way, starts one where the cool-down allows it, else does nothing. */
  async function refreshIfAllowed(): Promise<void> {
    if (!underway && cooldownLeftMs() === 0) underway = refresh().finally(() => (underway = undefined))
    await underway
  }

  function current() {
    if (!keys) return undefined
    return clock.monotonicMs() - keys.askedAtMs > serveAtMostMs ? undefined : keys
  }

  return {
    refreshIfAllowed,
    /** When the keys that serve now were requested, on the monotonic clock. */
    askedAtMs: () => current()?.askedAtMs,
    /** The age of the keys that were fetched last, for the metrics; undefined while there are none. */
    ageMs: () => keys && clock.monotonicMs() - keys.askedAtMs,
    /**
     * For a timer: fetches keys again that are ten minutes old, so that a withdrawn one ends even without traffic.
     * @returns false: there is no more to do now
     */
    async refreshIfOld(): Promise<boolean> {
      await restoreOnce()
      if (keys && clock.monotonicMs() - keys.askedAtMs >= refreshAfterMs) await refreshIfAllowed()
      return false
    },
    /** @param arrivedAtMs when the request arrived, on the monotonic clock */
    async verify(jws: string, arrivedAtMs: number): Promise<Verification> {
      if (!isPlausible(jws, allowed)) return { outcome: 'invalid' }

      await restoreOnce()
      if (!current()) await refreshIfAllowed()
      const known = current()
      if (!known) return unavailable()
      const ageMs = clock.monotonicMs() - known.askedAtMs
      if (ageMs > refreshAfterMs) {
        const refreshed = refreshIfAllowed()
        // After a long silence, wait for it: a key that has been withdrawn must not verify one more request.
        if (ageMs > 2 * refreshAfterMs) await refreshed
      }

      const tried = current() ?? known
      const first = await inTurn(verifySignature, jws, tried.find, allowed)
      if (first !== 'unknown-key') return first

      await refreshIfAllowed()
      const renewed = current() ?? tried
      const second = renewed === tried ? first : await inTurn(verifySignature, jws, renewed.find, allowed)
      if (second !== 'unknown-key') return second
      return renewed.askedAtMs >= arrivedAtMs ? { outcome: 'invalid' } : unavailable()
    },
  }
}
