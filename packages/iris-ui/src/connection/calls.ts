import type { AppRouter } from '@standin/client'
import type { TRPCUntypedClient } from '@trpc/client'
import type { FirstAnswers } from './first-answers.ts'

type Transport = TRPCUntypedClient<AppRouter>
type Following = Parameters<Transport['subscription']>[2]

/** How the pages call the server. */
export interface Calls {
  ask(type: 'query' | 'mutation', path: string, input: unknown, options?: { signal?: AbortSignal }): Promise<unknown>
  /** Follows a stream until it is unsubscribed. */
  follow(path: string, input: unknown, following: Following): { unsubscribe(): void }
}

/**
 * Calls through a transport whose code is loaded by the first call: the first page's queries are sent without it.
 * @param early queries that were sent earlier; if one gets no answer, it is sent again as usual
 */
export function lateCalls(load: () => Promise<Transport>, early: Promise<FirstAnswers | undefined>): Calls {
  return {
    async ask(type, path, input, options) {
      const usual = async () => (await load())[type](path, input, options)
      const asked = type === 'query' ? (await early)?.take(path, input) : undefined
      return asked ? asked.catch(usual) : usual()
    },
    follow(path, input, following) {
      let stream: { unsubscribe(): void } | undefined
      let isOver = false
      load().then(
        (transport) => {
          if (!isOver) stream = transport.subscription(path, input, following)
        },
        (error) => following.onError?.(error),
      )
      return {
        unsubscribe() {
          isOver = true
          stream?.unsubscribe()
        },
      }
    },
  }
}
