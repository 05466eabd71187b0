import { isStorable } from '@standin/contracts'
import { decodeJwt } from 'jose'
import * as oauth from 'oauth4webapi'
import { Secret } from '../config/secret.ts'
import type { Context } from '../context.ts'
import type { ExchangeFailure } from './failure-policy.ts'
import { readBounded } from './read-bounded.ts'
import { type EndpointAnswer, failureOfAnswer } from './refusal-of-answer.ts'
import { retryAfterOf } from './retry-after.ts'
import { type ScopeSet, scopeSet } from './scope-set.ts'

export interface ClientCredentials {
  clientId: string
  clientSecret: Secret
}

export interface ExchangedToken {
  accessToken: Secret
  /** The scopes that the answer names, or those of the request where it names none. */
  granted: ScopeSet
  lifetimeMs: number
  /** On the monotonic clock, before the request left: the token's life is counted from here. */
  askedAtMs: number
  /** Claims of the token where it is a JWT: unverified, it came from its own issuer over TLS. */
  claims: Record<string, unknown>
}

export type Exchange =
  | { outcome: 'token'; token: ExchangedToken }
  | { outcome: 'failed'; failure: ExchangeFailure; retryAfterMs?: number }
  /** No request was sent: the sign-in is down for all accounts. */
  | { outcome: 'paused'; retryAfterMs: number }

const maxBytes = 64 * 1024
const longestLifetimeMs = 24 * 3_600_000
const defaultLifetimeMs = 300_000

/**
 * One request to Trackunit's token endpoint, without a retry. The library's errors stop here: they hold the whole
 * answer, token included.
 *
 * @see RFC 6749 §4.4
 */
export async function askTokenEndpoint(
  { config, clock, fetch, userAgent }: Pick<Context, 'config' | 'clock' | 'fetch' | 'userAgent'>,
  { clientId, clientSecret }: ClientCredentials,
  scopes: ScopeSet,
  { timeoutMs = 10_000 } = {},
): Promise<Exchange> {
  const url = config.trackunit.tokenUrl
  const server: oauth.AuthorizationServer = { issuer: new URL(url).origin, token_endpoint: url }
  const client: oauth.Client = { client_id: clientId }
  const askedAtMs = clock.monotonicMs()
  let answer: EndpointAnswer
  try {
    const response = await oauth.clientCredentialsGrantRequest(
      server,
      client,
      oauth.ClientSecretPost(clientSecret.reveal()), // The documented form: id and secret as form fields.
      scopes.key ? { scope: scopes.key } : {},
      {
        headers: { 'user-agent': userAgent },
        signal: AbortSignal.timeout(timeoutMs),
        [oauth.customFetch]: (address, options) => fetch(address, { ...options, redirect: 'error' }),
        [oauth.allowInsecureRequests]: url.startsWith('http:'), // A production server does not start with such an address.
      },
    )
    answer = { status: response.status, headers: response.headers, text: await readBounded(response, maxBytes) }
  } catch {
    return { outcome: 'failed', failure: 'unavailable' }
  }
  if (answer.status === 200) return readToken(answer, { server, client, scopes, askedAtMs, now: clock.now() })
  const retryAfterMs = retryAfterOf(answer.headers, clock.now())
  return { outcome: 'failed', failure: failureOfAnswer(answer), ...(retryAfterMs !== undefined && { retryAfterMs }) }
}

interface Asked {
  server: oauth.AuthorizationServer
  client: oauth.Client
  scopes: ScopeSet
  askedAtMs: number
  now: Date
}

async function readToken({ headers, text }: EndpointAnswer, asked: Asked): Promise<Exchange> {
  const { server, client, scopes, askedAtMs, now } = asked
  try {
    const response = new Response(text, { headers: { 'content-type': headers.get('content-type') ?? '' } })
    const answered = await oauth.processClientCredentialsResponse(server, client, response)
    const claims = claimsOf(answered.access_token)
    const lifetimeMs = lifetimeOf(answered.expires_in, claims, now)
    const isUsable = answered.token_type === 'bearer' && lifetimeMs > 0 && isStorable(answered.scope ?? '')
    if (!isUsable) return { outcome: 'failed', failure: 'nonsense' }
    const granted = answered.scope === undefined ? scopes : scopeSet(answered.scope.split(' ').filter(Boolean))
    const accessToken = new Secret(answered.access_token)
    return { outcome: 'token', token: { accessToken, granted, lifetimeMs, askedAtMs, claims } }
  } catch {
    return { outcome: 'failed', failure: 'nonsense' }
  }
}

/**
 * `expires_in`, or the JWT's own life if that is shorter: its `exp` counted from its `iat`. Without both, what is left until its
 * `exp`, else five minutes; never more than a day.
 */
function lifetimeOf(expiresInS: number | undefined, claims: Record<string, unknown>, now: Date): number {
  const [exp, iat] = [finite(claims.exp), finite(claims.iat)]
  const given = expiresInS !== undefined ? [expiresInS * 1_000] : []
  const own = exp !== undefined && iat !== undefined ? [(exp - iat) * 1_000] : []
  const left = exp !== undefined ? exp * 1_000 - now.getTime() : defaultLifetimeMs
  const known = [...given, ...own]
  return Math.min(longestLifetimeMs, ...(known.length > 0 ? known : [left]))
}

/** JSON can hold numbers that overflow; their difference is none. */
const finite = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined)

function claimsOf(accessToken: string): Record<string, unknown> {
  try {
    return decodeJwt(accessToken)
  } catch {
    return {} // Opaque tokens are as good.
  }
}
