import { QueryClient } from '@tanstack/react-query'
import { createContext, use } from 'react'
import type { StandinHost } from '../host.ts'
import { createAskAgain } from './ask-again.ts'
import { lateCalls } from './calls.ts'
import { failureOf } from './failure.ts'
import { askFirst, type FirstAnswers } from './first-answers.ts'
import { createHostToken } from './host-token.ts'
import { createOptions, type Options, queryKeyOf } from './options.ts'

interface Given {
  host: StandinHost
  serverUrl: string
  first?: FirstAnswers | undefined
}

/** Everything that talks to the server, for one user and one account. */
export function createApi({ host, serverUrl, first }: Given) {
  const given = { serverUrl, accountId: host.account.id, language: host.user.language }
  const token = createHostToken(() => host.getToken(), Date.now)

  const queryClient = new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: 'always',
        staleTime: 5_000,
        // Only a refused token is worth an immediate retry; everything else waits for its next turn.
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
    queryClient.setQueryData(queryKeyOf(path.split('.'), input), data)

  // With Trackunit's own loader, nothing was requested yet: request it as soon as the host has given a token.
  const early = first
    ? Promise.resolve(first)
    : token.bearer().then(
        (bearer) => askFirst({ ...given, token: bearer, hash: location.hash }),
        () => undefined,
      )

  let transport: ReturnType<typeof loadTransport> | undefined
  const loadTransport = async () => {
    try {
      const { createTransport } = await import('./transport.ts')
      return createTransport({ serverUrl, bearer: () => token.bearer() })
    } catch (error) {
      transport = undefined // The next call tries to load it again.
      throw error
    }
  }
  const trpc = createOptions(lateCalls(() => (transport ??= loadTransport()), early))

  return {
    queryClient,
    trpc,
    askAgain: createAskAgain(queryClient),
    /** When the first answers were asked for, by `performance.now`. */
    askedAtMs: first?.askedAtMs ?? performance.now(),
  }
}

export const TRPCContext = createContext<Options | undefined>(undefined)

/** The server's procedures: options for TanStack Query, and plain calls. */
export function useTRPC(): Options {
  const trpc = use(TRPCContext)
  if (!trpc) throw new Error('useTRPC is used outside StandinApp')
  return trpc
}
