import { type HTTPBatchLinkOptions, httpBatchLink, splitLink, TRPCClientError, type TRPCLink } from '@trpc/client'
import { observable, type Unsubscribable } from '@trpc/server/observable'
import type { AppRouter, StandinRoot } from './app-router.ts'
import type { CallHow } from './call-options.ts'
import { refusalOf } from './refusal-of.ts'
import { anySignal } from './sleep.ts'

/** For your own tRPC client, such as that of a web page: the server's address and the caller's token. */
export interface StandinLinkOptions extends Pick<CallHow, 'fetch'> {
  /** The server's address, without a path. */
  url: string
  /** Called for each request and each reconnection of a stream, so that a renewed token is used at once. */
  bearer: () => string | Promise<string>
  /** How long a call may take, in milliseconds; by default as long as the platform allows. Streams are not limited. */
  timeoutMs?: number
}

/**
 * How requests reach the server: plain calls batched, streams over server-sent events.
 * The token goes in a header, never in a URL: URLs are logged.
 */
export function standinLinks({ url, bearer, ...shared }: StandinLinkOptions): TRPCLink<AppRouter>[] {
  const endpoint = `${url.replace(/\/+$/, '')}/trpc`
  const calls = ({ fetch, timeoutMs }: CallHow) =>
    httpBatchLink<AppRouter>({
      url: endpoint,
      maxItems: 50,
      maxURLLength: 4_000,
      headers: async () => ({ authorization: `Bearer ${await bearer()}` }),
      fetch: fetchWithin(timeoutMs, fetch),
    })

  return [
    splitLink({
      condition: ({ type }) => type === 'subscription',
      true: linkOnDemand(async () => (await import('./stream-link.ts')).streamLink({ endpoint, bearer, ...shared })),
      false: (runtime) => {
        const batched = calls(shared)(runtime)
        // A call with its own fetch or time limit is not batched.
        return (each) => {
          const { fetch, timeoutMs } = each.op.context as CallHow
          if (fetch === undefined && timeoutMs === undefined) return batched(each)
          return calls({ fetch: fetch ?? shared.fetch, timeoutMs: timeoutMs ?? shared.timeoutMs })(runtime)(each)
        }
      },
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

function fetchWithin(
  timeoutMs: number | undefined,
  fetch: CallHow['fetch'],
): NonNullable<HTTPBatchLinkOptions<StandinRoot>['fetch']> {
  return async (input, init) => {
    const timeout = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)
    const { signal, ...request } = (init ?? {}) as RequestInit
    const answer = await (fetch ?? globalThis.fetch)(input, { ...request, signal: anySignal(signal, timeout) ?? null })
    const isJson = answer.headers.get('content-type')?.startsWith('application/json') ?? false
    if (isJson && (answer.ok || (await isOfStandin(answer.clone())))) return answer
    throw await refusalOf(answer) // tRPC would only say that it does not understand.
  }
}

/** Whether a failure is in tRPC's form, for one call or for several. */
async function isOfStandin(answer: Response): Promise<boolean> {
  const body: unknown = await answer.json().catch(() => undefined)
  return Array.isArray(body) || (typeof body === 'object' && body !== null && 'error' in body)
}
