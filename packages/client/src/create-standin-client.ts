import { createTRPCClient, type TRPCClient, type TRPCLink } from '@trpc/client'
import { createRunsClient, type RunsClient } from './account-runs.ts'
import { createAccountTokens, type TokenOptions } from './account-tokens.ts'
import type { AppRouter } from './app-router.ts'
import { createAuthorisedFetch } from './authorised-fetch.ts'
import { type CallOptions, callDefaults } from './call-options.ts'
import { checkOptions } from './check-options.ts'
import { type CallParts, createCall } from './create-calls.ts'
import type { AnyActions, DeclaredActions } from './declared-action.ts'
import { type ActionsClient, createActionsClient } from './known-actions.ts'
import { createInstallationsClient, type InstallationsClient } from './known-installations.ts'
import { sleep } from './sleep.ts'
import { standinLinks } from './standin-links.ts'
import type { CachedToken, MonotonicClock } from './token-cache.ts'

/**
 * What a client needs: an address and a key. `signal`, `maxRetries`, `timeoutMs` and `fetch` apply to every call that does
 * not say otherwise; the client's `signal` ends all of its calls and streams.
 */
export interface StandinClientOptions extends CallOptions {
  /** The Standin server's address, such as `https://standin.example.com`. */
  url: string
  /** `sk_standin_…`, as `standin keys create` printed it. */
  serviceKey: string
  /** Tokens kept in memory at most, 1,000 by default (about 1 kB each). */
  maxCachedTokens?: number
  /** Origins to which `fetchFor` may send a token; by default Trackunit's API, `https://iris.trackunit.com`. */
  apiOrigins?: readonly string[]
}

/** A Standin server, for the service that owns the key. */
export interface StandinClient<Actions extends DeclaredActions = AnyActions> {
  /**
   * A valid access token of an account. Served from memory as long as the server allows (`cacheForMs`, five minutes
   * unless the operator set it otherwise); concurrent callers share one request.
   *
   * @throws StandinClientError with the server's reason, such as `ACCOUNT_FORBIDDEN`, `SCOPE_FORBIDDEN`,
   *   `CREDENTIALS_PENDING` or `TRACKUNIT_UNAVAILABLE`, or `UNREACHABLE`
   */
  token(accountId: string, options?: TokenOptions): Promise<CachedToken>
  /**
   * A newer token than `rejectedToken`, for callers that do not use `fetchFor`. Any number of callers
   * that were refused cause one exchange.
   * @throws StandinClientError `TRACKUNIT_REFUSED` with `retryAfterMs` if no newer one is available right now
   */
  replaceToken(accountId: string, rejectedToken: string, options?: TokenOptions): Promise<CachedToken>
  /**
   * A `fetch` that acts on the account: it adds the token to requests to `apiOrigins` alone, hands a redirect to the
   * caller instead of following it with the token, and on 401 asks for a newer token and tries once more (not where the
   * body is a stream). Its promise rejects with a StandinClientError if no token is available. `maxRetries` and `timeoutMs`
   * are about the token; the request itself is sent as you send it.
   */
  fetchFor(accountId: string, options?: TokenOptions): typeof fetch
  /** Background actions: start, watch, stop, read. */
  runs: RunsClient<Actions>
  /** What the server can do. */
  actions: ActionsClient
  /** Who installed, and who left. */
  installations: InstallationsClient
  /** Every procedure of the API, typed. Each call is sent once; errors are tRPC's, see `toStandinClientError`. */
  api: TRPCClient<AppRouter>
}

/**
 * A client of a Standin server, for the service that owns the key. Nothing is sent before the first call. With the type of
 * the server's actions, `createStandinClient<typeof actions>(…)`, the `input` of a run has the type of its action's.
 * @throws StandinClientError `OPTIONS_INVALID` at once for an address or a key that cannot work
 */
export function createStandinClient<Actions extends DeclaredActions = AnyActions>(
  given: StandinClientOptions,
): StandinClient<Actions> {
  checkOptions(given)
  const { url, serviceKey, timeoutMs = callDefaults.timeoutMs, fetch = platformFetch, ...options } = given
  return clientOver({
    ...options,
    links: standinLinks({ url, bearer: () => serviceKey, timeoutMs, fetch }),
    fetch,
    now: () => performance.now(),
    sleep,
    random: Math.random,
  })
}

/** Looked up at each request: a program may replace it, for traces or tests. */
const platformFetch: typeof fetch = (input, init) => globalThis.fetch(input, init)

export interface ClientParts
  extends Pick<StandinClientOptions, 'maxCachedTokens' | 'apiOrigins' | 'maxRetries' | 'signal'>,
    Pick<CallParts, 'sleep' | 'random'> {
  links: TRPCLink<AppRouter>[]
  fetch: typeof fetch
  now: MonotonicClock
}

/** The client over any way to reach a server. */
export function clientOver<Actions extends DeclaredActions>({
  links,
  fetch,
  now,
  sleep,
  random,
  maxRetries,
  signal,
  maxCachedTokens = 1_000,
  apiOrigins = ['https://iris.trackunit.com'],
}: ClientParts): StandinClient<Actions> {
  const api = createTRPCClient<AppRouter>({ links })
  const parts: CallParts = { options: { maxRetries, signal }, sleep, random }
  const call = createCall(parts)
  const core = { api, call, parts, fetch }
  const issue = (input: Parameters<typeof api.token.issue.mutate>[0], options: CallOptions) =>
    call((how) => api.token.issue.mutate(input, how), options)
  const tokens = createAccountTokens({ issue, now, maxCachedTokens })

  return {
    api,
    token: tokens.get,
    replaceToken: tokens.replace,
    fetchFor: (accountId, options = {}) =>
      createAuthorisedFetch({
        origins: apiOrigins,
        fetch: options.fetch ?? fetch,
        token: (signal) => tokens.get(accountId, { ...options, signal }),
        replace: (rejected, signal) => tokens.replace(accountId, rejected, { ...options, signal }),
        signal: options.signal ?? undefined,
      }),
    runs: createRunsClient<Actions>(core),
    actions: createActionsClient(core),
    installations: createInstallationsClient(core),
  }
}
