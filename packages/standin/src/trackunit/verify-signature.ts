import {
  type CompactVerifyResult,
  compactVerify,
  type createLocalJWKSet,
  decodeProtectedHeader,
  errors,
  type JWK,
} from 'jose'
import { z } from 'zod'
import { signatureAlgorithms } from '../config/signature-algorithms.ts'

/** Header fields that would let the signer bring the key along, or change what the signature means. */
const refusedHeaders = ['jwk', 'jku', 'x5u', 'x5c', 'crit', 'b64']

const maxKeys = 50
const maxTries = 10

const keySetSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(maxKeys) })

export type FindKey = ReturnType<typeof createLocalJWKSet>

/** The signature was checked: it is good, or it is not. */
export type Verdict =
  | { outcome: 'verified'; payload: Uint8Array; algorithm: string; keyId: string | undefined }
  | { outcome: 'invalid' }

/** The public keys of a published set; undefined without any. @throws when it is no key set, or too large */
export function usableKeys(published: unknown): JWK[] | undefined {
  const { keys } = keySetSchema.parse(published)
  const usable = keys.filter((key) => key.kty !== 'oct' && !('d' in key)) as JWK[]
  return usable.length > 0 ? usable : undefined
}

/**
 * Three segments, whose header names an allowed algorithm, no key or one by its id, and nothing that is refused: worth
 * checking against the keys.
 */
export function isPlausible(jws: string, algorithms: readonly string[] = signatureAlgorithms): boolean {
  if (jws.length > 8_192 || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(jws)) return false
  try {
    const header = decodeProtectedHeader(jws)
    const keyIdFits = header.kid === undefined || typeof header.kid === 'string'
    return keyIdFits && algorithms.includes(header.alg ?? '') && !refusedHeaders.some((name) => name in header)
  } catch {
    return false
  }
}

/**
 * `unknown-key` also when a key with this `kid` does not verify it: its publisher may have used the `kid` again for a new
 * key.
 */
export async function verifySignature(
  jws: string,
  find: FindKey,
  algorithms: readonly string[],
): Promise<Verdict | 'unknown-key'> {
  const options = { algorithms: [...algorithms] }
  try {
    return verified(await compactVerify(jws, find, options))
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) return 'unknown-key'
    let tries = 0
    for await (const key of error) {
      if (++tries > maxTries) break
      try {
        return verified(await compactVerify(jws, key, options))
      } catch {
        // Not this one.
      }
    }
    return 'unknown-key'
  }
}

function verified({ payload, protectedHeader }: CompactVerifyResult): Verdict {
  return { outcome: 'verified', payload, algorithm: protectedHeader.alg, keyId: protectedHeader.kid }
}
