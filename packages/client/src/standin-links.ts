import { httpBatchLink, httpSubscriptionLink, splitLink, type TRPCLink } from '@trpc/client'
import { EventSource } from 'eventsource'
import type { AppRouter } from './app-router.ts'

export interface StandinLinkOptions {
  /** The server's address, without a path. */
  url: string
  /** Asked at each request and each reconnection of a stream, so that a renewed token is used at once. */
  bearer: () => string | Promise<string>
}

/**
 * How requests reach the server: plain calls batched, streams over server-sent events.
 * The token goes in a header, never in a URL: URLs are logged.
 */
export function standinLinks({ url, bearer }: StandinLinkOptions): TRPCLink<AppRouter>[] {
  const endpoint = `${url.replace(/\/+$/, '')}/trpc`

  return [
    splitLink({
      condition: ({ type }) => type === 'subscription',
      true: httpSubscriptionLink({
        url: endpoint,
        EventSource,
        eventSourceOptions: () => ({
          fetch: async (input, init) =>
            fetch(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${await bearer()}` } }),
        }),
      }),
      false: httpBatchLink({
        url: endpoint,
        maxItems: 50,
        maxURLLength: 4_000,
        headers: async () => ({ authorization: `Bearer ${await bearer()}` }),
      }),
    }),
  ]
}
