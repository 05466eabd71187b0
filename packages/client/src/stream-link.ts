import { httpSubscriptionLink, type TRPCLink } from '@trpc/client'
import { EventSource } from 'eventsource'
import type { AppRouter } from './app-router.ts'

/** Streams over server-sent events; the platform's own cannot send a header. */
export function streamLink({
  endpoint,
  bearer,
}: {
  endpoint: string
  /** Asked at each connection. */
  bearer: () => string | Promise<string>
}): TRPCLink<AppRouter> {
  return httpSubscriptionLink({
    url: endpoint,
    EventSource,
    eventSourceOptions: () => ({
      fetch: async (input, init) =>
        fetch(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${await bearer()}` } }),
    }),
  })
}
