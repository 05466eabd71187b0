import { type AppRouter, standinLinks } from '@standin/client'
import { createTRPCUntypedClient, httpLink, splitLink, type TRPCUntypedClient } from '@trpc/client'
import { endpointOf } from './endpoint.ts'

interface Reached {
  serverUrl: string
  bearer: () => Promise<string>
}

/** tRPC's client. Its code is loaded after the first paint, see `lateCalls`. */
export function createTransport({ serverUrl, bearer }: Reached): TRPCUntypedClient<AppRouter> {
  return createTRPCUntypedClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === 'mutation',
        // A mutation is sent at once. A batch of queries waits until the page is next drawn.
        true: httpLink({
          url: endpointOf(serverUrl),
          headers: async () => ({ authorization: `Bearer ${await bearer()}` }),
        }),
        false: standinLinks({ url: serverUrl, bearer }),
      }),
    ],
  })
}
