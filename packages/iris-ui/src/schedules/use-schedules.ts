import type { Schedule } from '@standin/client'
import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '../connection/api.ts'
import { allSchedules } from '../connection/first-lists.ts'
import { RETRY_MS } from '../connection/refresh-times.ts'
import { useKnown } from '../connection/use-known.ts'
import { useFirstSurroundings } from '../surroundings.ts'

const none: readonly Schedule[] = []
const SOME_MS = 60_000

/** The account's schedules. */
export function useSchedules() {
  const trpc = useTRPC()
  const { host } = useFirstSurroundings()
  const query = useQuery(
    trpc.schedule.list.queryOptions(allSchedules(host.account.id), {
      refetchInterval: ({ state }) => (state.status === 'error' ? RETRY_MS : SOME_MS),
    }),
  )
  return { ...useKnown(query), schedules: query.data?.schedules ?? none }
}
