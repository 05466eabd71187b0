import type { Run } from '@standin/client'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTRPC, useTRPCClient } from '../connection/api.ts'
import { pagesOf } from '../connection/pages.ts'
import { RETRY_MS } from '../connection/refresh-times.ts'
import { hasEnded } from '../runs/follow-run.ts'
import { useSurroundings } from '../surroundings.ts'
import { resultInWords } from './result-in-words.ts'

export interface Asked {
  search?: string
  filter?: Record<string, string>
  onlyNew?: boolean
  sort?: { key: string; descending: boolean }
}

const LIVE_MS = 3_000
const PAGE = 50

export function inputOf({ id: runId }: Pick<Run, 'id'>, { search, filter, onlyNew, sort }: Asked) {
  return {
    runId,
    ...(search && { search }),
    ...(filter && Object.keys(filter).length > 0 && { filter }),
    ...(onlyNew && { onlyNew }),
    ...(sort && { sort }),
  }
}

/** What a run found, in pages; read again while it goes. The server searches, filters and sorts. */
export function useResult(run: Run, asked: Asked = {}) {
  const trpc = useTRPC()
  const { texts } = useSurroundings()
  const going = !hasEnded(run)
  const client = useTRPCClient()
  const input = { ...inputOf(run, asked), limit: PAGE }
  const query = useInfiniteQuery({
    ...pagesOf(trpc.run.result.pathKey(), input, (cursor, options) =>
      client.run.result.query({ ...input, ...cursor }, options),
    ),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (going ? (state.status === 'error' ? RETRY_MS : LIVE_MS) : false),
    staleTime: going ? 1_000 : 60_000,
  })
  const pages = useMemo(
    () => query.data?.pages.map((page) => resultInWords(page, (words) => texts.ofAction(run.actionId, words))) ?? [],
    [query.data, texts, run.actionId],
  )
  return { ...query, first: pages[0], rows: pages.flatMap(({ rows }) => rows) }
}
