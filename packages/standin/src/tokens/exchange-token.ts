import { createHash } from 'node:crypto'
import type { Secret } from '../config/secret.ts'
import type { Vault } from '../secrets/vault.ts'
import type { ScopeSet } from '../trackunit/scope-set.ts'
import type { Exchange, RequestToken } from '../trackunit/token-endpoint.ts'
import type { CredentialsInForce } from './obtain-token.ts'
import type { HeldToken } from './token-cache.ts'

/** What one request to Trackunit came to. */
export type Brought =
  | { outcome: 'token'; token: HeldToken; sealedToken: string }
  | Exclude<Exchange, { outcome: 'token' }>

export type ExchangeToken = (credentials: CredentialsInForce, scopes: ScopeSet) => Promise<Brought>

interface Dependencies {
  vault: Vault
  requestToken: RequestToken
  accountClaim: string | undefined
}

/** Turns credentials into a token with one request: it is for the account, it has the scopes, and it is sealed. */
export function createExchangeToken({ vault, requestToken, accountClaim }: Dependencies): ExchangeToken {
  return async (credentials, scopes) => {
    const { accountId, generation, clientId, sealedSecret, appId } = credentials
    const clientSecret = await vault.open(sealedSecret, {
      account: accountId,
      app: appId,
      column: 'client-secret',
      generation,
    })
    const exchanged = await requestToken({ clientId, clientSecret }, scopes)
    if (exchanged.outcome !== 'token') return exchanged

    const { accessToken, granted, lifetimeMs, askedAtMs, claims } = exchanged.token
    if (accountClaim !== undefined && String(claims[accountClaim]).toLowerCase() !== accountId)
      return { outcome: 'failed', failure: 'foreign-account' }
    if (scopes.scopes.some((scope) => !granted.scopes.includes(scope)))
      return { outcome: 'failed', failure: 'invalid-scope' }

    const token = {
      accessToken,
      fingerprint: fingerprintOf(accessToken),
      generation,
      lifetimeMs,
      endsAtMs: askedAtMs + lifetimeMs,
    }
    return { outcome: 'token', token, sealedToken: await vault.seal(accessToken, tokenBinding(credentials)) }
  }

  /** base64url of the token's SHA-256: names a token without being one. */
  function fingerprintOf(accessToken: Secret): string {
    return createHash('sha256').update(accessToken.reveal()).digest('base64url')
  }
}

export const tokenBinding = ({ accountId, appId, generation }: CredentialsInForce) =>
  ({ account: accountId, app: appId, column: 'access-token', generation }) as const
