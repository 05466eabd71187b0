import { decodeJwt } from 'jose'
import * as oauth from 'oauth4webapi'
import type { Clock } from '../clock.ts'
import { Secret } from '../config/secret.ts'
import { traced } from '../observability/traced.ts'
import type { ExchangeFailure } from './failure-policy.ts'
import { readBounded } from './read-bounded.ts'
import { type EndpointAnswer, failureOfAnswer } from './refusal-of-answer.ts'
import { retryAfterOf } from './retry-after.ts'
import { type ScopeSet, scopeSet } from './scope-set.ts'

export interface ExchangedToken {
  accessToken: Secret
  /** What the answer says was granted, else what was asked for. */
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
  /** Not asked: the sign-in is down for all. */
  | { outcome: 'paused'; retryAfterMs: number }

export type RequestToken = (
  credentials: { clientId: string; clientSecret: Secret },
  scopes: ScopeSet,
) => Promise<Exchange>

const maxBytes = 64 * 1024
const longestLifetimeMs = 24 * 3_600_000
const lifetimeWithoutAnyMs = 300_000

/**
 * Asks Trackunit for an access token with an account's credentials, one request, no retry.
 * What a library says stops here: its errors hold the whole answer, token included.
 *
 * @see RFC 6749 §4.4
 */
export function createTokenEndpoint(
  { url, userAgent, timeoutMs = 10_000 }: { url: string; userAgent: string; timeoutMs?: number },
  { fetch, clock }: { fetch: typeof globalThis.fetch; clock: Clock },
): RequestToken {
  const server: oauth.AuthorizationServer = { issuer: new URL(url).origin, token_endpoint: url }
  const insecure = url.startsWith('http:') // Only where the configuration allows it: a production server refuses to start with one.

  const exchange: RequestToken = async ({ clientId, clientSecret }, scopes) => {
    const askedAtMs = clock.monotonicMs()
    const client: oauth.Client = { client_id: clientId }
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
          [oauth.allowInsecureRequests]: insecure,
        },
      )
      answer = { status: response.status, headers: response.headers, text: await readBounded(response, maxBytes) }
    } catch {
      return { outcome: 'failed', failure: 'unavailable' }
    }
    return understandAnswer(answer, { server, client, scopes, askedAtMs, now: clock.now() })
  }
  return (...asked) =>
    traced(
      'standin.exchange',
      {},
      () => exchange(...asked),
      (exchanged) => (exchanged.outcome === 'failed' ? exchanged.failure : undefined),
    )
}

/** Turns whatever the endpoint answered into a token or one of the closed failures. */
async function understandAnswer(
  { status, headers, text }: EndpointAnswer,
  {
    server,
    client,
    scopes,
    askedAtMs,
    now,
  }: { server: oauth.AuthorizationServer; client: oauth.Client; scopes: ScopeSet; askedAtMs: number; now: Date },
): Promise<Exchange> {
  if (status !== 200) {
    return { outcome: 'failed', failure: failureOfAnswer({ status, headers, text }), ...retryAfter(headers, now) }
  }

  try {
    const answered = await oauth.processClientCredentialsResponse(
      server,
      client,
      new Response(text, { status, headers: { 'content-type': headers.get('content-type') ?? '' } }),
    )
    const claims = claimsOf(answered.access_token)
    const lifetimeMs = lifetimeOf(answered.expires_in, claims, now)
    if (answered.token_type !== 'bearer' || lifetimeMs <= 0) return { outcome: 'failed', failure: 'nonsense' }
    const granted = answered.scope === undefined ? scopes : scopeSet(answered.scope.split(' ').filter(Boolean))
    return {
      outcome: 'token',
      token: { accessToken: new Secret(answered.access_token), granted, lifetimeMs, askedAtMs, claims },
    }
  } catch {
    return { outcome: 'failed', failure: 'nonsense' }
  }
}

/** `expires_in`, else the JWT's own `exp` counted from its `iat`, else five minutes; never more than a day. */
function lifetimeOf(expiresInS: number | undefined, { exp, iat }: Record<string, unknown>, now: Date): number {
  if (expiresInS !== undefined) return Math.min(expiresInS * 1_000, longestLifetimeMs)
  if (typeof exp !== 'number') return lifetimeWithoutAnyMs
  const bornAtMs = typeof iat === 'number' ? iat * 1_000 : now.getTime()
  return Math.min(exp * 1_000 - bornAtMs, longestLifetimeMs)
}

function claimsOf(accessToken: string): Record<string, unknown> {
  try {
    return decodeJwt(accessToken)
  } catch {
    return {} // Opaque tokens are as good.
  }
}

function retryAfter(headers: Headers, now: Date): { retryAfterMs?: number } {
  const retryAfterMs = retryAfterOf(headers, now)
  return retryAfterMs === undefined ? {} : { retryAfterMs }
}
