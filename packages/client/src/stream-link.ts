import { httpSubscriptionLink, TRPCClientError, type TRPCLink } from '@trpc/client'
import { observable } from '@trpc/server/observable'
import { EventSource } from 'eventsource'
import type { AppRouter } from './app-router.ts'
import type { CallHow } from './call-options.ts'
import { refusalOf } from './refusal-of.ts'
import type { StandinClientError } from './standin-client-error.ts'

interface Dependencies {
  endpoint: string
  fetch?: CallHow['fetch']
  /** Called for each connection. */
  bearer: () => string | Promise<string>
}

/** Streams over server-sent events; the platform's own cannot send a header. */
export function streamLink({ endpoint, bearer, fetch: shared }: Dependencies): TRPCLink<AppRouter> {
  return (runtime) =>
    ({ op, next }) =>
      observable((observer) => {
        let refusal: Promise<StandinClientError> | undefined
        const link = httpSubscriptionLink<AppRouter, typeof EventSource>({
          url: endpoint,
          EventSource,
          eventSourceOptions: {
            fetch: async (input, init) => {
              const send = (op.context as CallHow).fetch ?? shared ?? globalThis.fetch
              const headers = { ...init.headers, authorization: `Bearer ${await bearer()}` }
              const answer = await send(input, { ...init, headers })
              const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream')
              // The EventSource gives up, and knows only the status.
              if (answer.status !== 200 || !isStream) refusal = refusalOf(answer.clone())
              return answer
            },
          },
        })
        return link(runtime)({ op, next }).subscribe({
          next: (event) => observer.next(event),
          complete: () => observer.complete(),
          error: (error) =>
            refusal === undefined
              ? observer.error(error)
              : void refusal.then((known) => observer.error(TRPCClientError.from(known))),
        })
      })
}
