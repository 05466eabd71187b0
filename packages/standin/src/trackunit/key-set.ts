import {
  type CompactVerifyResult,
  compactVerify,
  createLocalJWKSet,
  decodeProtectedHeader,
  errors,
  type JWK,
} from 'jose'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { type SignatureAlgorithm, signatureAlgorithms } from '../config/signature-algorithms.ts'
import { readBounded } from './read-bounded.ts'

/** Header fields that would let the signer bring the key along, or change what the signature means. */
const refusedHeaders = ['jwk', 'jku', 'x5u', 'x5c', 'crit', 'b64']

const maxBytes = 64 * 1024
const maxKeys = 50
const maxTries = 10
const fetchTimeoutMs = 5_000
const refreshAfterMs = 10 * 60_000
const serveAtMostMs = 24 * 3_600_000

const keySetSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(maxKeys) })

export interface KeySetPolicy {
  url: string
  /** Only these of the allowed ones. */
  algorithms?: readonly SignatureAlgorithm[] | undefined
  /** Between two fetches, whatever asks for them: a flood of unknown `kid`s costs one fetch each cool-down. */
  cooldownMs: number
  /** Names app and version. */
  userAgent: string
}

/** Where keys outlive the process. Both may fail: keys in memory go on serving. */
export interface KeySetStore {
  load(url: string): Promise<{ keys: unknown; fetchedAt: Date } | undefined>
  save(url: string, set: { keys: Record<string, unknown>[]; fetchedAt: Date }): Promise<void>
}

/** `unavailable`: it cannot be told yet whether the signature is good; ask again after `retryAfterMs`. */
export type Verification =
  | { outcome: 'verified'; payload: Uint8Array; algorithm: string; keyId: string | undefined }
  | { outcome: 'invalid' }
  | { outcome: 'unavailable'; retryAfterMs: number }

export type KeySet = ReturnType<typeof createKeySet>

/**
 * A published set of verification keys. Known keys serve while the endpoint is down, at most a day, also across a
 * restart; an unknown `kid` is invalid only when the set was fetched after the request arrived; no address is ever
 * built from a token. (`createRemoteJWKSet` of jose asks once for each unknown `kid` while the endpoint is down.)
 */
export function createKeySet(
  policy: KeySetPolicy,
  { clock, fetch, store }: { clock: Clock; fetch: typeof globalThis.fetch; store?: KeySetStore },
) {
  const allowed: readonly string[] = policy.algorithms ?? signatureAlgorithms
  let keys: { find: FindKey; askedAtMs: number } | undefined
  let lastTryAtMs = Number.NEGATIVE_INFINITY
  let underway: Promise<void> | undefined
  let restored: Promise<void> | undefined

  const cooldownLeftMs = () => Math.max(0, lastTryAtMs + policy.cooldownMs - clock.monotonicMs())

  async function refresh(): Promise<void> {
    const askedAtMs = clock.monotonicMs()
    const fetchedAt = clock.now()
    lastTryAtMs = askedAtMs
    try {
      const response = await fetch(policy.url, {
        redirect: 'error',
        signal: AbortSignal.timeout(fetchTimeoutMs),
        headers: { accept: 'application/json', 'user-agent': policy.userAgent },
      })
      if (!response.ok) return
      const usable = usableKeys(JSON.parse(await readBounded(response, maxBytes)))
      if (!usable) return // Nobody withdraws all keys; somebody may publish nonsense.
      keys = { find: createLocalJWKSet({ keys: usable }), askedAtMs }
      store?.save(policy.url, { keys: usable, fetchedAt }).catch(() => {})
    } catch {
      // Down, slow, or nonsense: what is known goes on serving; the cool-down counts from this try.
    }
  }

  /** Takes over what was known before the restart, as old as it is. */
  async function restore(): Promise<void> {
    const stored = await store?.load(policy.url)
    if (!stored || keys) return
    const ageMs = clock.now().getTime() - stored.fetchedAt.getTime()
    const usable = usableKeys({ keys: stored.keys })
    // From the future: the clock was wrong once, and how old they are cannot be told.
    if (usable && ageMs >= 0 && ageMs <= serveAtMostMs)
      keys = { find: createLocalJWKSet({ keys: usable }), askedAtMs: clock.monotonicMs() - ageMs }
  }

  function restoreOnce(): Promise<void> {
    restored ??= restore().catch(() => {
      restored = undefined // The database was not there: next time.
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

    /** When the keys that serve now were asked for, on the monotonic clock. */
    askedAtMs: () => current()?.askedAtMs,

    /**
     * For a timer: asks anew for keys that are ten minutes old, so that a withdrawn one dies though nobody calls.
     * @returns false: nothing more is to be done at once
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
      if (!known) return { outcome: 'unavailable', retryAfterMs: Math.max(1_000, cooldownLeftMs()) }
      const ageMs = clock.monotonicMs() - known.askedAtMs
      if (ageMs > refreshAfterMs) {
        const refreshed = refreshIfAllowed()
        // After a long silence it is waited for: a key that was withdrawn meanwhile must not get one last word.
        if (ageMs > 2 * refreshAfterMs) await refreshed
      }

      const tried = current() ?? known
      const first = await tryKeys(jws, tried.find, allowed)
      if (first !== 'unknown-key') return first

      await refreshIfAllowed()
      const renewed = current() ?? tried
      const second = renewed === tried ? first : await tryKeys(jws, renewed.find, allowed)
      if (second !== 'unknown-key') return second
      if (renewed.askedAtMs >= arrivedAtMs) return { outcome: 'invalid' }
      return { outcome: 'unavailable', retryAfterMs: Math.max(1_000, cooldownLeftMs()) }
    },
  }
}

type FindKey = ReturnType<typeof createLocalJWKSet>

/** The public ones of a published set. @throws when it is none, or too large */
function usableKeys(published: unknown): JWK[] | undefined {
  const { keys } = keySetSchema.parse(published)
  const usable = keys.filter((key) => key.kty !== 'oct' && !('d' in key)) as JWK[]
  return usable.length > 0 ? usable : undefined
}

/** Three segments whose header names an allowed algorithm and nothing that is refused: what is worth a look at the keys. */
export function isPlausible(jws: string, algorithms: readonly string[] = signatureAlgorithms): boolean {
  if (jws.length > 8_192 || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(jws)) return false
  try {
    const header = decodeProtectedHeader(jws)
    return algorithms.includes(header.alg ?? '') && !refusedHeaders.some((name) => name in header)
  } catch {
    return false
  }
}

/** A JWT without `kid` that fits none of the keys may be signed with one that is not known here yet. */
async function tryKeys(jws: string, find: FindKey, allowed: readonly string[]): Promise<Verification | 'unknown-key'> {
  const algorithms = [...allowed]
  const { kid } = decodeProtectedHeader(jws)
  const unfit = kid === undefined ? 'unknown-key' : { outcome: 'invalid' as const }
  try {
    return verified(await compactVerify(jws, find, { algorithms }))
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) {
      const isOfAnotherAlgorithm = find.jwks().keys.some((key) => key.kid === kid)
      return isOfAnotherAlgorithm ? unfit : 'unknown-key'
    }
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) return unfit
    let tries = 0
    for await (const key of error) {
      if (++tries > maxTries) break
      try {
        return verified(await compactVerify(jws, key, { algorithms }))
      } catch {
        // Not this one.
      }
    }
    return unfit
  }
}

function verified({ payload, protectedHeader }: CompactVerifyResult): Verification {
  return { outcome: 'verified', payload, algorithm: protectedHeader.alg, keyId: protectedHeader.kid }
}
