import { createCipheriv, createSecretKey, randomBytes } from 'node:crypto'
import { compactDecrypt, decodeProtectedHeader } from 'jose'
import type { KeyRing } from '../config/key-ring.ts'
import { Secret } from '../config/secret.ts'
import { StandinError } from '../standin-error.ts'

/** Where a sealed value belongs. It opens there and nowhere else. */
export interface Binding {
  account: string
  app: string
  column: 'client-secret' | 'access-token' | 'callback-body' | 'held-callback' | 'signing-secret'
  generation: number
}

export type Vault = ReturnType<typeof createVault>

/**
 * Seals secrets for the database: compact JWE, `dir` with `A256GCM`, the key's id and the binding in the protected
 * header, which is authenticated. The first key of the ring writes, all read.
 *
 * @see RFC 7516 §3.1
 */
export function createVault(ring: KeyRing) {
  const keysById = new Map(ring.map(({ kid, bytes }) => [kid, imported(bytes)]))
  const [{ kid: writing, bytes }] = ring
  const writingKey = createSecretKey(bytes)

  function keyOf(kid = ''): Promise<CryptoKey> {
    const key = keysById.get(kid)
    if (!key) throw new Error('unknown key id')
    return key
  }

  // The same as jose's CompactEncrypt, which takes six times as long because each value waits for another thread.
  function encrypt(text: Uint8Array, binding: Binding): string {
    const header = Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256GCM', kid: writing, ...binding })).toString(
      'base64url',
    )
    const iv = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', writingKey, iv).setAAD(Buffer.from(header))
    const sealed = Buffer.concat([cipher.update(text), cipher.final()])
    const encoded = [iv, sealed, cipher.getAuthTag()].map((part) => part.toString('base64url'))
    return `${header}..${encoded.join('.')}`
  }

  const decrypt = (sealed: string) =>
    compactDecrypt(sealed, ({ kid }) => keyOf(kid), {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    })

  return {
    async seal(secret: Secret, { account, app, column, generation }: Binding): Promise<string> {
      return encrypt(new TextEncoder().encode(secret.reveal()), { account, app, column, generation })
    },

    /**
     * @throws StandinError `INTERNAL` when the key is not in the ring, the value was changed, or it was moved here from
     *   another row or column
     */
    async open(sealed: string, binding: Binding): Promise<Secret> {
      try {
        const { plaintext, protectedHeader } = await decrypt(sealed)
        const bound = Object.entries(binding).every(([name, value]) => protectedHeader[name] === value)
        if (!bound) throw new Error('bound to another row')
        return new Secret(new TextDecoder('utf-8', { fatal: true }).decode(plaintext))
      } catch (cause) {
        throw new StandinError('INTERNAL', { cause, detail: 'A sealed value does not open.' })
      }
    },

    /**
     * Seals the same value again with the current key. It stays bound to its place: a value that was moved still does not open.
     * @throws StandinError `INTERNAL` if it does not open at all
     */
    async reseal(sealed: string): Promise<string> {
      try {
        const { plaintext, protectedHeader } = await decrypt(sealed)
        const { account, app, column, generation } = protectedHeader as unknown as Binding // Authenticated: it was sealed here.
        return encrypt(plaintext, { account, app, column, generation })
      } catch (cause) {
        throw new StandinError('INTERNAL', { cause, detail: 'A sealed value does not open.' })
      }
    },
  }
}

/** Imports a key once, not for each value. It cannot be exported again. */
const imported = (bytes: Uint8Array) =>
  crypto.subtle.importKey('raw', Uint8Array.from(bytes), 'AES-GCM', false, ['encrypt', 'decrypt'])

/** The key that a sealed value needs; undefined if the text is not a sealed value. */
export function keyIdOf(sealed: string): string | undefined {
  try {
    return decodeProtectedHeader(sealed).kid
  } catch {
    return undefined
  }
}
