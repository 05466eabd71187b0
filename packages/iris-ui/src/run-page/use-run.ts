import type { Message, Run, RunEvent } from '@standin/client'
import { notifyManager, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useRef, useState } from 'react'
import { useTRPC } from '../connection/api.ts'
import { useAskAgain } from '../connection/ask-again.ts'
import { failureOf } from '../connection/failure.ts'
import { RETRY_MS } from '../connection/refresh-times.ts'
import { useKnown } from '../connection/use-known.ts'
import { inputOf } from '../results/input-of.ts'
import { followRun, hasEnded, newerRun } from '../runs/follow-run.ts'

export type LogLine = { seq: number; at: string; message: Message }

const NEVER_GONE_MS = 15_000
/** After this, the end is shown without what was found. */
const END_WAITS_MS = 3_000

/** One run with its log, kept current by its events. */
export function useRun(runId: string) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const askAgain = useAskAgain()
  const [lines, setLines] = useState<ReadonlyMap<number, LogLine>>(new Map())
  const query = useKnown(
    useQuery(
      trpc.run.get.queryOptions(
        { runId },
        {
          structuralSharing: (before, after) => newerRun(before as Run | undefined, after as Run),
          refetchInterval: ({ state }) => {
            if (state.status === 'error') return failureOf(state.error) === 'RUN_NOT_FOUND' ? false : RETRY_MS
            // Events report it first; this finds what a broken stream misses, deliveries included.
            if (!state.data || !hasEnded(state.data)) return NEVER_GONE_MS
            return state.data.deliveries.some(({ state: how }) => how === 'waiting') ? NEVER_GONE_MS : false
          },
        },
      ),
    ),
  )

  const queryKey = trpc.run.get.queryKey({ runId })
  const isEnding = useRef(false)
  /**
   * Who stopped it, the final texts and the deliveries come with the run itself, and the whole result with its own answer.
   * All is shown at once: a list that comes after its sentence moves what is already there.
   */
  const showEnd = useCallback(
    async (after: Run) => {
      isEnding.current = true
      const within = { signal: AbortSignal.timeout(END_WAITS_MS) }
      const rows = inputOf(runId, {})
      const [run, found] = await Promise.allSettled([
        trpc.run.get.query({ runId }, within),
        trpc.run.result.query(rows, within),
      ])
      isEnding.current = false
      notifyManager.batch(() => {
        if (found.status === 'fulfilled') queryClient.setQueryData(trpc.run.result.queryKey(rows), found.value)
        queryClient.setQueryData(queryKey, run.status === 'fulfilled' ? run.value : after)
      })
      if (run.status === 'rejected') void queryClient.invalidateQueries({ queryKey })
      if (found.status === 'rejected') void queryClient.invalidateQueries({ queryKey: trpc.run.result.pathKey() })
      askAgain(...[trpc.run.list, trpc.run.latest, trpc.action.list, trpc.installation.get].map((of) => of.pathKey()))
    },
    [queryClient, askAgain, queryKey, trpc, runId],
  )
  const follow = useCallback(
    (_runId: string, events: readonly RunEvent[]) => {
      const before = queryClient.getQueryData<Run>(queryKey)
      if (before && !isEnding.current) {
        const after = events.reduce(followRun, before)
        if (!hasEnded(before) && hasEnded(after)) void showEnd(after)
        else queryClient.setQueryData(queryKey, after)
      }
      const logged = events.filter((event) => event.type === 'log')
      if (logged.length > 0) {
        setLines((before) => {
          const after = new Map(before)
          for (const { seq, at, message } of logged) after.set(seq, { seq, at, message })
          return after
        })
      }
      if (events.some(({ type }) => type === 'delivery')) void queryClient.invalidateQueries({ queryKey })
    },
    [queryClient, queryKey, showEnd],
  )

  const log = useMemo(() => [...lines.values()].sort((a, b) => b.seq - a.seq), [lines])
  return { ...query, run: query.data, log, follow }
}
