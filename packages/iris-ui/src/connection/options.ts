import type { AppRouter } from '@standin/client'
import { skipToken } from '@tanstack/react-query'
import type { TRPCClient } from '@trpc/client'
import type { TRPCOptionsProxy } from '@trpc/tanstack-react-query'
import type { Calls } from './calls.ts'

/** The part of tRPC's options for TanStack Query that the pages use, and its calls, by procedure. */
export type Options = TRPCOptionsProxy<AppRouter> & TRPCClient<AppRouter>

/**
 * tRPC's own version, with the same types and keys, would add its client, half of its server and helpers for old browsers to the
 * first JavaScript: 11 kB.
 */
export function createOptions(calls: Calls): Options {
  const at = (names: readonly string[]): unknown =>
    new Proxy(() => {}, {
      get: (_, name: string) => at([...names, name]),
      apply: (_, _this, given: [unknown, unknown]) => leaf(calls, names.slice(0, -1), names.at(-1), given),
    })
  return at([]) as Options
}

/** As in tRPC: the path, then the input. */
export const queryKeyOf = (path: readonly string[], input: unknown) => [path, { input, type: 'query' }] as const

function leaf(calls: Calls, names: readonly string[], name: string | undefined, [given, more]: [unknown, unknown]) {
  const path = names.join('.')
  switch (name) {
    case 'pathKey':
      return [names]
    case 'queryKey':
      return queryKeyOf(names, given)
    case 'queryOptions':
      return {
        ...(more as object),
        queryKey: queryKeyOf(names, given),
        queryFn: given === skipToken ? skipToken : () => calls.ask('query', path, given),
      }
    case 'mutationOptions':
      return {
        ...(given as object),
        mutationKey: [names],
        mutationFn: (input: unknown) => calls.ask('mutation', path, input),
      }
    case 'subscriptionOptions':
      return {
        enabled: true,
        ...(more as object),
        queryKey: [names, { input: given }],
        subscribe: (following: Parameters<Calls['follow']>[2]) => calls.follow(path, given, following),
      }
    case 'query':
      return calls.ask('query', path, given, more as { signal?: AbortSignal })
    default:
      throw new TypeError(`There is no ${name} of a procedure here.`)
  }
}
