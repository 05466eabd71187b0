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
import { readBounded } from '../trackunit/read-bounded.ts'

/** Asymmetric only: with a symmetric one, whoever reads the published keys could sign. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
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
  /** Between two fetches, whatever asks for them: a flood of unknown `kid`s costs one fetch each cool-down. */
  cooldownMs: number
  /** Names app and version. */
  userAgent: string
}

/** `unavailable`: it cannot be told yet whether the signature is good; ask again after `retryAfterMs`. */
export type Verification =
  | { outcome: 'verified'; payload: Uint8Array; algorithm: string; keyId: string | undefined }
  | { outcome: 'invalid' }
  | { outcome: 'unavailable'; retryAfterMs: number }

export type KeySet = ReturnType<typeof createKeySet>

/**
 * A published set of verification keys. Known keys serve while the endpoint is down, at most a day; an unknown `kid`
 * is invalid only when the set was fetched after the request arrived; no address is ever built from a token.
 * (`createRemoteJWKSet` of jose asks once for each unknown `kid` while the endpoint is down.)
 */
export function createKeySet(policy: KeySetPolicy, { clock, fetch }: { clock: Clock; fetch: typeof globalThis.fetch }) {
  let keys: { find: ReturnType<typeof createLocalJWKSet>; askedAtMs: number } | undefined
  let lastTryAtMs = Number.NEGATIVE_INFINITY
  let underway: Promise<void> | undefined

  const cooldownLeftMs = () => Math.max(0, lastTryAtMs + policy.cooldownMs - clock.monotonicMs())

  async function refresh(): Promise<void> {
    const askedAtMs = clock.monotonicMs()
    lastTryAtMs = askedAtMs
    try {
      const response = await fetch(policy.url, {
        redirect: 'error',
        signal: AbortSignal.timeout(fetchTimeoutMs),
        headers: { accept: 'application/json', 'user-agent': policy.userAgent },
      })
      if (!response.ok) return
      const { keys: published } = keySetSchema.parse(JSON.parse(await readBounded(response, maxBytes)))
      const usable = published.filter((key) => key.kty !== 'oct' && !('d' in key)) as JWK[]
      if (usable.length === 0) return // Nobody withdraws all keys; somebody may publish nonsense.
      keys = { find: createLocalJWKSet({ keys: usable }), askedAtMs }
    } catch {
      // Down, slow, or nonsense: what is known goes on serving; the cool-down counts from this try.
    }
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
    /** @param arrivedAtMs when the request arrived, on the monotonic clock */
    async verify(jws: string, arrivedAtMs: number): Promise<Verification> {
      if (!isPlausible(jws)) return { outcome: 'invalid' }

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
      const first = await tryKeys(jws, tried.find)
      if (first !== 'unknown-key') return first

      await refreshIfAllowed()
      const renewed = current() ?? tried
      const second = renewed === tried ? first : await tryKeys(jws, renewed.find)
      if (second !== 'unknown-key') return second
      if (renewed.askedAtMs >= arrivedAtMs) return { outcome: 'invalid' }
      return { outcome: 'unavailable', retryAfterMs: Math.max(1_000, cooldownLeftMs()) }
    },
  }
}

/** Three segments whose header names an allowed algorithm and nothing that is refused: what is worth a look at the keys. */
function isPlausible(jws: string): boolean {
  if (jws.length > 8_192 || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(jws)) return false
  try {
    const header = decodeProtectedHeader(jws)
    return algorithms.includes(header.alg ?? '') && !refusedHeaders.some((name) => name in header)
  } catch {
    return false
  }
}

/** A JWT without `kid` that fits none of the keys may be signed with one that is not known here yet. */
async function tryKeys(jws: string, find: ReturnType<typeof createLocalJWKSet>): Promise<Verification | 'unknown-key'> {
  const unfit = decodeProtectedHeader(jws).kid === undefined ? 'unknown-key' : { outcome: 'invalid' as const }
  try {
    return verified(await compactVerify(jws, find, { algorithms }))
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return 'unknown-key'
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
