import type { Undelivered } from '@standin/client'
import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '../connection/api.ts'
import { RETRY_MS } from '../connection/refresh-times.ts'
import { useFirstSurroundings } from '../surroundings.ts'

const none: readonly Undelivered[] = []
const SOME_MS = 60_000

/** Results that did not reach their receiver, until that is resolved. */
export function useUndelivered(): readonly Undelivered[] {
  const trpc = useTRPC()
  const { host } = useFirstSurroundings()
  const query = useQuery(
    trpc.delivery.undelivered.queryOptions(
      { accountId: host.account.id },
      { refetchInterval: ({ state }) => (state.status === 'error' ? RETRY_MS : SOME_MS) },
    ),
  )
  return query.data?.deliveries ?? none
}
