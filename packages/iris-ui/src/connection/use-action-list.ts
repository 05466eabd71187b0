import { useQuery } from '@tanstack/react-query'
import { useFirstSurroundings } from '../surroundings.ts'
import { useTRPC } from './api.ts'
import { RETRY_MS } from './refresh-times.ts'
import { useKnown } from './use-known.ts'

/**
 * The server's catalogue of actions, with their messages in the language of the app's texts.
 * @param options `refetchOnMount: false` for what only reads along: it asks nothing that is known
 */
export function useActionList(options: { refetchOnMount?: false } = {}) {
  const trpc = useTRPC()
  const { host, texts } = useFirstSurroundings()
  return useKnown(
    useQuery(
      trpc.action.list.queryOptions(
        { accountId: host.account.id, language: texts.language },
        { ...options, refetchInterval: ({ state }) => (state.status === 'error' ? RETRY_MS : false) },
      ),
    ),
  )
}
