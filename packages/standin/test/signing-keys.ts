import { CompactSign, exportJWK, generateKeyPair, type JWK } from 'jose'

export interface SigningKey {
  /** The public key. */
  jwk: JWK
  /** Signs claims as they are: nothing is added. */
  sign(claims: unknown, header?: Record<string, unknown>): Promise<string>
}

/** A key pair for tests. @param kid undefined makes a key that is published without an id */
export async function createSigningKey(kid: string | undefined, alg = 'ES256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const named = kid === undefined ? {} : { kid }
  return {
    jwk: { ...(await exportJWK(publicKey)), ...named, alg },
    sign: (claims, header = {}) =>
      new CompactSign(new TextEncoder().encode(typeof claims === 'string' ? claims : JSON.stringify(claims)))
        .setProtectedHeader({ alg, ...named, ...header })
        // Otherwise the library would refuse to sign what a verifier must refuse.
        .sign(privateKey, { crit: Object.fromEntries(Object.keys(header).map((name) => [name, true])) }),
  }
}
