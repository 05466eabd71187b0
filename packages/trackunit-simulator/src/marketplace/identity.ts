import { randomUUID } from 'node:crypto'
import { base64url, generateSecret, SignJWT } from 'jose'
import { z } from 'zod'
import { createKeyRing, createStoredKey, type KeyRing } from '../keys/key-ring.ts'

const usualLifetimeS = 300

/** How an identity differs from a genuine one, for tests of what a server must refuse. */
export const identityChanges = z.strictObject({
  /** Added to the genuine claims; `null` removes one. */
  claims: z.record(z.string(), z.unknown()).optional(),
  header: z.record(z.string(), z.unknown()).optional(),
  /** How long ago it was signed; negative for the future. */
  issuedAgoS: z.number().optional(),
  lifetimeS: z.number().optional(),
  /** `unpublished`: a key that is not in the key set. `symmetric`: HS256 with the public key as its secret. */
  signWith: z.enum(['current', 'unpublished', 'userTokens', 'symmetric', 'none']).optional(),
  /** Sent unchanged; all other fields are ignored then. */
  raw: z.string().optional(),
})

export type IdentityChanges = z.infer<typeof identityChanges>
export type IdentitySubject = { irisAppId: string; accountId: string }

type IdentityDependencies = {
  marketplaceKeys: KeyRing
  userTokenKeys: KeyRing
  issuer: () => string
  now: () => number
}

/**
 * Signs the `Trackunit-Identity` of a callback. [doc] A JWT, verifiable with the marketplace's keys. Its claims are our
 * choice, since none are documented: `iss`, `iat`, `exp` (five minutes), `jti`, `irisAppId`, `accountId`.
 */
export function createIdentitySigner({ marketplaceKeys, userTokenKeys, issuer, now }: IdentityDependencies) {
  function claimsOf(subject: IdentitySubject, changes: IdentityChanges): Record<string, unknown> {
    const issuedAtS = Math.floor(now() / 1000 - (changes.issuedAgoS ?? 0))
    const claims = {
      iss: issuer(),
      iat: issuedAtS,
      exp: issuedAtS + (changes.lifetimeS ?? usualLifetimeS),
      jti: randomUUID(),
      irisAppId: subject.irisAppId,
      accountId: subject.accountId,
      ...changes.claims,
    }
    return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null))
  }

  return {
    async sign(subject: IdentitySubject, changes: IdentityChanges = {}): Promise<string> {
      if (changes.raw !== undefined) return changes.raw

      const claims = claimsOf(subject, changes)
      const header = changes.header ?? {}
      switch (changes.signWith ?? 'current') {
        case 'current':
          return marketplaceKeys.sign(claims, header)
        case 'userTokens':
          return userTokenKeys.sign(claims, header)
        case 'unpublished': {
          const stranger = createKeyRing({ stored: [await createStoredKey('RS256')], changed: async () => {} }, 'RS256')
          return stranger.sign(claims, header)
        }
        case 'symmetric': {
          const { kid, privateJwk } = await marketplaceKeys.current()
          const publicKeyAsSecret =
            typeof privateJwk.n === 'string' ? base64url.decode(privateJwk.n) : await generateSecret('HS256')
          return new SignJWT(claims)
            .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid, ...header })
            .sign(publicKeyAsSecret)
        }
        case 'none': {
          const encoded = [{ alg: 'none', typ: 'JWT', ...header }, claims].map((part) =>
            base64url.encode(JSON.stringify(part)),
          )
          return `${encoded.join('.')}.`
        }
      }
    },
  }
}
