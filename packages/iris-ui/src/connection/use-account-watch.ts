import { useQueryClient } from '@tanstack/react-query'
import { useSubscription } from '@trpc/tanstack-react-query'
import { useSyncExternalStore } from 'react'
import { useSurroundings } from '../surroundings.ts'
import { useTRPC } from './api.ts'
import { useMendedStream } from './use-mended-stream.ts'

/**
 * Shows what changes on the account when it changes, whoever changed it. Also what tells first that the connection is
 * lost, and that it is back. Once for the app, and only while somebody looks: browsers allow few connections.
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
          // Fails where the connection is lost or nobody is signed in, and the page says so. One that is asked already goes on.
          void queryClient.invalidateQueries({ queryKey: installationKey }, { cancelRefetch: false })
        },
        onData({ data: change }) {
          if (change.type === 'installation') {
            // What is still on its way is older.
            void queryClient.cancelQueries({ queryKey: installationKey })
            queryClient.setQueryData(installationKey, change.installation)
            return
          }
          void queryClient.invalidateQueries({ queryKey: trpc.run.list.pathKey() })
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
