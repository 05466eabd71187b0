import type { Run, RunEvent } from '@standin/client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { useTRPC } from '../connection/api.ts'
import { useAskAgain } from '../connection/ask-again.ts'
import { goingRuns } from '../connection/first-lists.ts'
import { NET_MS, RETRY_MS } from '../connection/refresh-times.ts'
import { useKnown } from '../connection/use-known.ts'
import { useFirstSurroundings } from '../surroundings.ts'
import { followRun, hasEnded } from './follow-run.ts'
import { sortRuns } from './sort-runs.ts'

/** The account's running runs, kept current by their events, and the last result of each action, newest first. */
export function useRuns() {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const askAgain = useAskAgain()
  const { host } = useFirstSurroundings()
  const accountId = host.account.id

  const going = useQuery(
    trpc.run.list.queryOptions(goingRuns(accountId), {
      refetchInterval: ({ state }) => (state.status === 'error' ? RETRY_MS : NET_MS),
    }),
  )
  const ended = useQuery(
    trpc.run.latest.queryOptions(
      { accountId },
      { refetchInterval: ({ state }) => (state.status === 'error' ? RETRY_MS : NET_MS) },
    ),
  )
  const { isMissing } = useKnown(ended)

  const goingKey = trpc.run.list.queryKey(goingRuns(accountId))
  const listsKey = trpc.run.list.pathKey()
  const latestKey = trpc.run.latest.pathKey()
  const installationKey = trpc.installation.get.pathKey()
  const change = useCallback(
    (runs: (before: readonly Run[]) => Run[]) =>
      queryClient.setQueryData(goingKey, (page) => ({ nextCursor: null, ...page, runs: runs(page?.runs ?? []) })),
    [queryClient, goingKey],
  )

  const add = useCallback((run: Run) => change((runs) => [run, ...runs.filter(({ id }) => id !== run.id)]), [change])
  const replace = useCallback(
    (run: Run) => change((runs) => runs.map((before) => (before.id === run.id ? run : before))),
    [change],
  )
  const follow = useCallback(
    (runId: string, events: readonly RunEvent[]) => {
      const state = { ended: false }
      change((runs) =>
        runs.map((run) => {
          if (run.id !== runId) return run
          const after = events.reduce(followRun, run)
          state.ended = hasEnded(after)
          return after
        }),
      )
      if (!state.ended) return
      // The lists have what events lack: deliveries, who stopped it, the final texts.
      // A removal of Standin ends its runs at once.
      askAgain(listsKey, latestKey, installationKey)
    },
    [change, askAgain, listsKey, latestKey, installationKey],
  )

  const sorted = useMemo(() => sortRuns(going.data?.runs ?? [], ended.data?.runs ?? []), [going.data, ended.data])
  return { ...sorted, known: ended.data !== undefined, failed: isMissing, add, replace, follow }
}
