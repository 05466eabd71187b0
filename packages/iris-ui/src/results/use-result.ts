import type { Run } from '@standin/client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTRPC } from '../connection/api.ts'
import { RETRY_MS } from '../connection/refresh-times.ts'
import { useKnown } from '../connection/use-known.ts'
import { hasEnded } from '../runs/follow-run.ts'
import { useSurroundings } from '../surroundings.ts'
import { type Asked, inputOf } from './input-of.ts'
import { resultInWords } from './result-in-words.ts'

const LIVE_MS = 3_000

/** What a run found, its first rows; read again while it runs. The server searches, filters and sorts. */
export function useResult(run: Run, asked: Asked = {}) {
  const trpc = useTRPC()
  const { texts } = useSurroundings()
  const going = !hasEnded(run)
  const query = useQuery(
    trpc.run.result.queryOptions(inputOf(run.id, asked), {
      placeholderData: keepPreviousData,
      refetchInterval: ({ state }) => (going ? (state.status === 'error' ? RETRY_MS : LIVE_MS) : false),
      staleTime: going ? 1_000 : 60_000,
    }),
  )
  const first = query.data && resultInWords(query.data, { actionId: run.actionId, texts })
  return { ...query, first }
}

/** The same query before the run itself is known, so that both are answered at once. */
export function useFirstRows(runId: string) {
  return useKnown(useQuery(useTRPC().run.result.queryOptions(inputOf(runId, {}), { staleTime: 60_000 })))
}
