import { useQuery } from '@tanstack/react-query'
import { useFirstSurroundings } from '../surroundings.ts'
import { useTRPC } from './api.ts'
import { RETRY_MS } from './refresh-times.ts'

/** The server's catalogue of actions, with their messages in the language of the app's texts. */
export function useActionList() {
  const trpc = useTRPC()
  const { host, texts } = useFirstSurroundings()
  return useQuery(
    trpc.action.list.queryOptions(
      { accountId: host.account.id, language: texts.language },
      { refetchInterval: ({ state }) => (state.status === 'error' ? RETRY_MS : false) },
    ),
  )
}
