import type { Schedule } from '@standin/client'
import { useQueries } from '@tanstack/react-query'
import { useTRPC } from '../connection/api.ts'
import { type EndedRun, hasEnded } from '../runs/follow-run.ts'

/** A list seldom has more; the others show their last run on their own page. */
const atMost = 20

/** The last run of each schedule that has ended, by the schedule's id; asked in one request. */
export function useLastRuns(schedules: readonly Schedule[]): ReadonlyMap<string, EndedRun> {
  const trpc = useTRPC()
  const ran = schedules.flatMap(({ lastRunId }) => (lastRunId === null ? [] : [lastRunId])).slice(0, atMost)
  const queries = useQueries({
    queries: ran.map((runId) => trpc.run.get.queryOptions({ runId }, { staleTime: 30_000, retry: false })),
  })
  return new Map(
    queries.flatMap(({ data }) => (data?.scheduleId && hasEnded(data) ? [[data.scheduleId, data] as const] : [])),
  )
}
