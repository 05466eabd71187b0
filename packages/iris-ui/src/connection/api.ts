import { type AppRouter, standinLinks } from '@standin/client'
import { QueryClient } from '@tanstack/react-query'
import { createTRPCClient, httpLink, splitLink } from '@trpc/client'
import { createTRPCContext, type TRPCQueryKey } from '@trpc/tanstack-react-query'
import type { StandinHost } from '../host.ts'
import { answeredFirst } from './answered-first.ts'
import { createAskAgain } from './ask-again.ts'
import { endpointOf } from './endpoint.ts'
import { failureOf } from './failure.ts'
import type { FirstAnswers } from './first-answers.ts'
import { createHostToken } from './host-token.ts'

export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>()

interface Given {
  host: StandinHost
  serverUrl: string
  first?: FirstAnswers | undefined
}

/** Everything that talks to the server, for one user and one account. */
export function createApi({ host, serverUrl, first }: Given) {
  const token = createHostToken(() => host.getToken(), Date.now)

  const queryClient = new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: 'always',
        staleTime: 5_000,
        // Only a token that the server refused is worth a second try at once; the rest waits for its next turn.
        retry: (failures, error) => {
          if (failures > 0 || failureOf(error) !== 'UNAUTHENTICATED') return false
          token.forget()
          return true
        },
      },
      mutations: { networkMode: 'always' },
    },
  })
  for (const { path, input, data } of first?.takeArrived() ?? [])
    queryClient.setQueryData([path.split('.'), { input, type: 'query' }] satisfies TRPCQueryKey, data)
  const trpcClient = createTRPCClient<AppRouter>({
    links: [
      ...(first ? [answeredFirst(first)] : []),
      splitLink({
        condition: ({ type }) => type === 'mutation',
        // What a person does goes at once: a batch waits for its others until the page is drawn once more.
        true: httpLink({
          url: endpointOf(serverUrl),
          headers: async () => ({ authorization: `Bearer ${await token.bearer()}` }),
        }),
        false: standinLinks({ url: serverUrl, bearer: () => token.bearer() }),
      }),
    ],
  })

  return {
    queryClient,
    trpcClient,
    askAgain: createAskAgain(queryClient),
    /** When the first answers were asked for, by `performance.now`. */
    askedAtMs: first?.askedAtMs ?? performance.now(),
  }
}
