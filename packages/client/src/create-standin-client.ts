import { createTRPCClient, type TRPCClient } from '@trpc/client'
import type { AppRouter } from './app-router.ts'
import { toStandinClientError } from './standin-client-error.ts'
import { standinLinks } from './standin-links.ts'
import { type CachedToken, createTokenCache } from './token-cache.ts'

export interface StandinClientOptions {
  /** The Standin server's address, such as `https://standin.example.com`. */
  url: string
  /** `sk_standin_…`, as `standin keys create` printed it. */
  serviceKey: string
  /** Tokens kept in memory at most, 1,000 by default (about 1 kB each). */
  maxCachedTokens?: number
}

export interface StandinClient {
  /**
   * A valid access token of an account. Served from memory as long as the server allows (`cacheForMs`);
   * callers that ask at the same time share one request.
   *
   * @param options.scopes what the token must be able to do; by default all that the service and the account granted
   * @throws StandinClientError with the server's reason, such as `ACCOUNT_FORBIDDEN` or `CREDENTIALS_PENDING`,
   *   or `UNREACHABLE`
   */
  token(accountId: string, options?: { scopes?: readonly string[] }): Promise<CachedToken>
  /** Every procedure of the API, typed; errors are tRPC's, see `toStandinClientError`. */
  api: TRPCClient<AppRouter>
}

/** Talks to a Standin server as the service whose key it is given. */
export function createStandinClient({ url, serviceKey, maxCachedTokens = 1_000 }: StandinClientOptions): StandinClient {
  const api = createTRPCClient<AppRouter>({ links: standinLinks({ url, bearer: () => serviceKey }) })
  const tokens = createTokenCache(() => performance.now(), maxCachedTokens)

  return {
    api,
    async token(accountId, { scopes } = {}) {
      const account = accountId.toLowerCase()
      const wanted = scopes && [...new Set(scopes)].sort()
      try {
        return await tokens.get(JSON.stringify([account, wanted ?? null]), () =>
          api.token.issue.mutate({ accountId: account, ...(wanted && { scopes: wanted }) }),
        )
      } catch (error) {
        throw toStandinClientError(error)
      }
    },
  }
}
