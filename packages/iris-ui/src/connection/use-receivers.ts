import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useSurroundings } from '../surroundings.ts'
import { useTRPC } from './api.ts'
import { NET_MS } from './refresh-times.ts'
import { useKnown } from './use-known.ts'

/** Who may receive the account's results. People confirm in their mailbox, so it is read again whenever it is shown. */
export function useReceivers() {
  const trpc = useTRPC()
  const { host } = useSurroundings()
  return useKnown(
    useQuery(
      trpc.receiver.list.queryOptions(
        { accountId: host.account.id },
        { staleTime: 0, refetchOnWindowFocus: true, refetchInterval: NET_MS },
      ),
    ),
  )
}

/** Reads the list again, after a change of it. */
export function useReceiversChanged(): () => Promise<void> {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  return () => queryClient.invalidateQueries({ queryKey: trpc.receiver.list.pathKey() })
}
