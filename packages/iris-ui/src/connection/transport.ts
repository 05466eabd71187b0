import { type AppRouter, standinLinks } from '@standin/client'
import { createTRPCUntypedClient, httpLink, splitLink, type TRPCUntypedClient } from '@trpc/client'
import { endpointOf } from './endpoint.ts'

interface Reached {
  serverUrl: string
  bearer: () => Promise<string>
}

/** tRPC's client. Its code comes after the first picture, see `lateCalls`. */
export function createTransport({ serverUrl, bearer }: Reached): TRPCUntypedClient<AppRouter> {
  return createTRPCUntypedClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === 'mutation',
        // What a person does goes at once: a batch waits for its others until the page is drawn once more.
        true: httpLink({
          url: endpointOf(serverUrl),
          headers: async () => ({ authorization: `Bearer ${await bearer()}` }),
        }),
        false: standinLinks({ url: serverUrl, bearer }),
      }),
    ],
  })
}
