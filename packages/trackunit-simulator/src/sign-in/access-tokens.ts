import { type CryptoKey, importJWK, jwtVerify } from 'jose'
import type { Behaviour } from '../behaviour.ts'
import { type KeyRing, publicPart } from '../keys/key-ring.ts'
import { newTokenId } from '../okta-form.ts'
import type { Client, StateStore } from '../state.ts'

/** Who calls an API: an API user is a client, and its account is looked up, not read from the token. */
export type ApiUser = { clientId: string; accountId: string; scopes: string[] }
export type AccessTokens = ReturnType<typeof createAccessTokens>

type AccessTokenDependencies = {
  keys: KeyRing
  store: StateStore
  behaviour: Behaviour
  issuer: () => string
  now: () => number
}

/** [seen] Access tokens are JWTs with their scopes in `scp`; ids have Okta's form. */
export function createAccessTokens({ keys, store, behaviour, issuer, now }: AccessTokenDependencies) {
  const imported = new Map<string, Promise<CryptoKey | Uint8Array>>()

  async function publicKey(kid: string | undefined) {
    const key = await keys.current()
    if (key.kid !== kid) throw new Error('not a key of the token endpoint')
    const known = imported.get(kid) ?? importJWK(publicPart(key), key.algorithm)
    imported.set(kid, known)
    return known
  }

  return {
    async issue(client: Client, scopes: string[]): Promise<string> {
      const issuedAtS = Math.floor(now() / 1000)
      const { tokenAccountClaim, tokenLifetimeS } = behaviour
      return keys.sign({
        ver: 1,
        jti: newTokenId(),
        iss: issuer(),
        aud: issuer(),
        sub: client.clientId,
        cid: client.clientId,
        scp: scopes,
        iat: issuedAtS,
        exp: issuedAtS + Math.max(1, Math.floor(tokenLifetimeS)),
        ...(tokenAccountClaim === null ? {} : { [tokenAccountClaim]: client.accountId }),
      })
    },

    /** Refuses every token that was issued so far. */
    async revokeAll(): Promise<void> {
      await keys.rotate({ withdrawOld: true })
    },

    /** A token of a client that no longer exists is refused, whatever its `exp` says (our choice). */
    async verify(token: string): Promise<ApiUser | 'expired' | 'invalid'> {
      try {
        const { payload } = await jwtVerify(token, (header) => publicKey(header.kid), {
          currentDate: new Date(now()),
          algorithms: ['RS256'],
        })
        const client = typeof payload.cid === 'string' ? store.state.clients[payload.cid] : undefined
        if (!client) return 'invalid'
        return { clientId: client.clientId, accountId: client.accountId, scopes: payload.scp as string[] }
      } catch (error) {
        return error instanceof Error && 'code' in error && error.code === 'ERR_JWT_EXPIRED' ? 'expired' : 'invalid'
      }
    },
  }
}
