import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import { z } from 'zod'

export type SigningAlgorithm = 'RS256' | 'ES256'

export const storedKey = z.object({
  kid: z.string(),
  algorithm: z.enum(['RS256', 'ES256']),
  privateJwk: z.record(z.string(), z.unknown()),
  isPublished: z.boolean(),
})

export type StoredKey = z.infer<typeof storedKey>
export type KeyRing = ReturnType<typeof createKeyRing>

type KeyRingDependencies = {
  /** Oldest first; the last one signs. The ring adds to it and calls `changed`. */
  stored: StoredKey[]
  changed: () => Promise<void>
}

/** Signing keys of one issuer. The first key is made when it is first needed, and kept with the state. */
export function createKeyRing({ stored, changed }: KeyRingDependencies, algorithm: SigningAlgorithm) {
  const imported = new Map<string, Promise<CryptoKey | Uint8Array>>()
  let first: Promise<StoredKey> | undefined

  async function add(of: SigningAlgorithm): Promise<StoredKey> {
    const key = await createStoredKey(of)
    stored.push(key)
    await changed()
    return key
  }

  async function current(): Promise<StoredKey> {
    const last = stored.at(-1)
    if (last) return last
    first ??= add(algorithm)
    return first
  }

  function privateKey(key: StoredKey): Promise<CryptoKey | Uint8Array> {
    const known = imported.get(key.kid) ?? importJWK(key.privateJwk as JWK, key.algorithm)
    imported.set(key.kid, known)
    return known
  }

  return {
    current,

    async sign(claims: Record<string, unknown>, header: Record<string, unknown> = {}): Promise<string> {
      const key = await current()
      return new SignJWT(claims)
        .setProtectedHeader({ alg: key.algorithm, typ: 'JWT', kid: key.kid, ...header })
        .sign(await privateKey(key))
    },

    /** The public key set: public parts of the published keys. */
    async published(): Promise<{ keys: JWK[] }> {
      await current()
      return { keys: stored.filter((key) => key.isPublished).map(publicPart) }
    },

    /** Signs with a new key from now on; earlier keys stay published unless they are withdrawn. */
    async rotate(options: { algorithm?: SigningAlgorithm | undefined; withdrawOld?: boolean | undefined }) {
      await current()
      if (options.withdrawOld) for (const key of stored) key.isPublished = false
      return add(options.algorithm ?? algorithm)
    },
  }
}

export async function createStoredKey(algorithm: SigningAlgorithm): Promise<StoredKey> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true, modulusLength: 2048 })
  const privateJwk = await exportJWK(privateKey)
  return { kid: await calculateJwkThumbprint(privateJwk), algorithm, privateJwk: { ...privateJwk }, isPublished: true }
}

export function publicPart(key: StoredKey): JWK {
  const { kty, n, e, crv, x, y } = key.privateJwk as JWK
  const parts = { kty, n, e, crv, x, y, use: 'sig', alg: key.algorithm, kid: key.kid }
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as JWK
}
