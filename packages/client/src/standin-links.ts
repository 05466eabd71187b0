import { type HTTPBatchLinkOptions, httpBatchLink, splitLink, TRPCClientError, type TRPCLink } from '@trpc/client'
import { observable, type Unsubscribable } from '@trpc/server/observable'
import type { AppRouter, StandinRoot } from './app-router.ts'

export interface StandinLinkOptions {
  /** The server's address, without a path. */
  url: string
  /** Asked at each request and each reconnection of a stream, so that a renewed token is used at once. */
  bearer: () => string | Promise<string>
  /** How long a call may take, in milliseconds; without it as long as the platform lets it. Streams are not bound by it. */
  timeoutMs?: number
}

/**
 * How requests reach the server: plain calls batched, streams over server-sent events.
 * The token goes in a header, never in a URL: URLs are logged.
 */
export function standinLinks({ url, bearer, timeoutMs }: StandinLinkOptions): TRPCLink<AppRouter>[] {
  const endpoint = `${url.replace(/\/+$/, '')}/trpc`

  return [
    splitLink({
      condition: ({ type }) => type === 'subscription',
      true: linkOnDemand(async () => (await import('./stream-link.ts')).streamLink({ endpoint, bearer })),
      false: httpBatchLink({
        url: endpoint,
        maxItems: 50,
        maxURLLength: 4_000,
        headers: async () => ({ authorization: `Bearer ${await bearer()}` }),
        ...(timeoutMs !== undefined && { fetch: fetchWithin(timeoutMs) }),
      }),
    }),
  ]
}

/** A link whose code is loaded on first use: programs that never follow a stream do not load the code for streams. */
function linkOnDemand(load: () => Promise<TRPCLink<AppRouter>>): TRPCLink<AppRouter> {
  return (runtime) => {
    return ({ op, next }) =>
      observable((observer) => {
        let followed: Unsubscribable | undefined
        let isOver = false
        load().then(
          (link) => {
            if (!isOver) followed = link(runtime)({ op, next }).subscribe(observer)
          },
          (error) => observer.error(TRPCClientError.from(error)),
        )
        return () => {
          isOver = true
          followed?.unsubscribe()
        }
      })
  }
}

function fetchWithin(timeoutMs: number): NonNullable<HTTPBatchLinkOptions<StandinRoot>['fetch']> {
  return (input, init) => {
    const timeout = AbortSignal.timeout(timeoutMs)
    const { signal = null, ...request } = (init ?? {}) as RequestInit
    return fetch(input, { ...request, signal: signal ? AbortSignal.any([signal, timeout]) : timeout })
  }
}
