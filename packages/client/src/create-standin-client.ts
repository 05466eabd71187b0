import { createTRPCClient, type TRPCClient, type TRPCLink } from '@trpc/client'
import { createRunsClient, type RunsClient } from './account-runs.ts'
import { createAccountTokens } from './account-tokens.ts'
import type { AppRouter } from './app-router.ts'
import { createAuthorisedFetch } from './authorised-fetch.ts'
import { createInstallationsClient, type InstallationsClient } from './known-installations.ts'
import { standinLinks } from './standin-links.ts'
import type { CachedToken, MonotonicClock } from './token-cache.ts'

export interface StandinClientOptions {
  /** The Standin server's address, such as `https://standin.example.com`. */
  url: string
  /** `sk_standin_…`, as `standin keys create` printed it. */
  serviceKey: string
  /** Tokens kept in memory at most, 1,000 by default (about 1 kB each). */
  maxCachedTokens?: number
  /** How long a call may take, in milliseconds; 30,000 by default. Streams are not bound by it. */
  timeoutMs?: number
  /** Origins to which `fetchFor` may send a token; by default Trackunit's API, `https://iris.trackunit.com`. */
  apiOrigins?: readonly string[]
}

export interface TokenOptions {
  /** What the token must be able to do, at most 64; by default all that the service and the account granted. */
  scopes?: readonly string[]
}

export interface StandinClient {
  /**
   * A valid access token of an account. Served from memory as long as the server allows (`cacheForMs`, five minutes
   * unless the operator set it otherwise); callers that ask at the same time share one request.
   *
   * @throws StandinClientError with the server's reason, such as `ACCOUNT_FORBIDDEN`, `SCOPE_FORBIDDEN`,
   *   `CREDENTIALS_PENDING` or `TRACKUNIT_UNAVAILABLE`, or `UNREACHABLE`
   */
  token(accountId: string, options?: TokenOptions): Promise<CachedToken>
  /**
   * A newer token than `rejectedToken`, for who sends requests in another way than `fetchFor`. Any number of callers
   * that were refused cause one exchange.
   * @throws StandinClientError `TRACKUNIT_REFUSED` with `retryAfterMs` if no newer one is available right now
   */
  replaceToken(accountId: string, rejectedToken: string, options?: TokenOptions): Promise<CachedToken>
  /**
   * A `fetch` that acts on the account: it adds the token to requests to `apiOrigins` alone, hands a redirect to the
   * caller instead of following it with the token, and on 401 asks for a newer token and tries once more (not where the
   * body is a stream). Its promise rejects with a StandinClientError if no token is available.
   */
  fetchFor(accountId: string, options?: TokenOptions): typeof fetch
  /** Background actions: start, watch, stop, read. */
  runs: RunsClient
  /** Who installed, and who left. */
  installations: InstallationsClient
  /** Every procedure of the API, typed; errors are tRPC's, see `toStandinClientError`. */
  api: TRPCClient<AppRouter>
}

/** Talks to a Standin server as the service whose key it is given. Nothing is sent before the first call. */
export function createStandinClient({
  url,
  serviceKey,
  timeoutMs = 30_000,
  ...options
}: StandinClientOptions): StandinClient {
  return clientOver({
    ...options,
    links: standinLinks({ url, bearer: () => serviceKey, timeoutMs }),
    fetch: (input, init) => fetch(input, init),
    now: () => performance.now(),
  })
}

export interface ClientParts extends Pick<StandinClientOptions, 'maxCachedTokens' | 'apiOrigins'> {
  links: TRPCLink<AppRouter>[]
  fetch: typeof fetch
  now: MonotonicClock
}

/** The client over any way to reach a server. */
export function clientOver({
  links,
  fetch,
  now,
  maxCachedTokens = 1_000,
  apiOrigins = ['https://iris.trackunit.com'],
}: ClientParts): StandinClient {
  const api = createTRPCClient<AppRouter>({ links })
  const tokens = createAccountTokens({ issue: (input) => api.token.issue.mutate(input), now, maxCachedTokens })

  return {
    api,
    token: (accountId, options) => tokens.get(accountId, options?.scopes),
    replaceToken: (accountId, rejectedToken, options) => tokens.replace(accountId, options?.scopes, rejectedToken),
    fetchFor: (accountId, options) =>
      createAuthorisedFetch({
        origins: apiOrigins,
        fetch,
        token: () => tokens.get(accountId, options?.scopes),
        replace: (rejected) => tokens.replace(accountId, options?.scopes, rejected),
      }),
    runs: createRunsClient(api),
    installations: createInstallationsClient(api),
  }
}
