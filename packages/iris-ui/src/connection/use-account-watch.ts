import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { useFirstSurroundings } from '../surroundings.ts'
import { useTRPC } from './api.ts'
import { useAskAgain } from './ask-again.ts'
import { useStream } from './use-stream.ts'

/**
 * Shows changes of the account live. Also the first to notice that the connection is
 * lost or back. Used once in the app, and only while the page is visible: browsers allow few connections.
 * @param askedAtMs when the first answers were asked for, by `performance.now`: what has not changed since is not requested again
 */
export function useAccountWatch(askedAtMs: number): void {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const askAgain = useAskAgain()
  const { host } = useFirstSurroundings()
  const accountId = host.account.id
  const isLookedAt = useSyncExternalStore(onVisibility, () => document.visibilityState === 'visible')
  const installationKey = trpc.installation.get.queryKey({ accountId })
  const [knownForMs, setKnownForMs] = useState(() => agoOf(askedAtMs))
  useEffect(() => {
    if (!isLookedAt) setKnownForMs(undefined)
  }, [isLookedAt])

  useStream(
    trpc.installation.watch.subscriptionOptions(
      { accountId, ...(knownForMs !== undefined && { knownForMs }) },
      {
        enabled: isLookedAt,
        onStarted() {
          void queryClient.refetchQueries({ predicate: ({ state }) => state.status === 'error' })
        },
        onConnectionStateChange({ state, error }) {
          if (state !== 'connecting' || !error || queryClient.getQueryState(installationKey)?.status === 'error') return
          // Fails if the connection is lost or the user is signed out; the page shows that.
          void queryClient.invalidateQueries({ queryKey: installationKey }, { cancelRefetch: false })
        },
        onData({ data: change }) {
          if (change.type === 'installation') {
            // Pending answers are older.
            void queryClient.cancelQueries({ queryKey: installationKey })
            queryClient.setQueryData(installationKey, change.installation)
            return
          }
          askAgain(
            ...[trpc.run.list, trpc.run.latest, trpc.delivery.undelivered, trpc.schedule.list].map((list) =>
              list.pathKey(),
            ),
            // The last run of each schedule, and what became of its deliveries.
            trpc.run.get.pathKey(),
            // Usual durations, and what runs found missing in the plan.
            trpc.action.list.pathKey(),
          )
        },
      },
    ),
  )
}

/** Older answers are requested again. */
const LONG_AGO_MS = 60_000

function agoOf(askedAtMs: number): number | undefined {
  const agoMs = Math.round(performance.now() - askedAtMs)
  return agoMs < LONG_AGO_MS ? agoMs : undefined
}

function onVisibility(changed: () => void): () => void {
  document.addEventListener('visibilitychange', changed)
  return () => document.removeEventListener('visibilitychange', changed)
}
