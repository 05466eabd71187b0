import { useQueryClient } from '@tanstack/react-query'
import { useSubscription } from '@trpc/tanstack-react-query'
import { useSyncExternalStore } from 'react'
import { useSurroundings } from '../surroundings.ts'
import { useTRPC } from './api.ts'
import { useMendedStream } from './use-mended-stream.ts'

/**
 * Shows changes of the account live. Also the first to notice that the connection is
 * lost or back. Used once in the app, and only while the page is visible: browsers allow few connections.
 */
export function useAccountWatch(): void {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const { host } = useSurroundings()
  const accountId = host.account.id
  const isLookedAt = useSyncExternalStore(onVisibility, () => document.visibilityState === 'visible')
  const installationKey = trpc.installation.get.queryKey({ accountId })

  const stream = useSubscription(
    trpc.installation.watch.subscriptionOptions(
      { accountId },
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
          void queryClient.invalidateQueries({ queryKey: trpc.run.list.pathKey() })
          void queryClient.invalidateQueries({ queryKey: trpc.run.latest.pathKey() })
          void queryClient.invalidateQueries({ queryKey: trpc.delivery.undelivered.pathKey() })
          void queryClient.invalidateQueries({ queryKey: trpc.schedule.list.pathKey() })
          // How long it usually takes, and what a run was told that the plan lacks.
          void queryClient.invalidateQueries({ queryKey: trpc.action.list.pathKey() })
        },
      },
    ),
  )
  useMendedStream(stream)
}

function onVisibility(changed: () => void): () => void {
  document.addEventListener('visibilitychange', changed)
  return () => document.removeEventListener('visibilitychange', changed)
}
