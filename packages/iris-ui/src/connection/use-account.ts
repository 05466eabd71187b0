import type { Action, Installation } from '@standin/client'
import { useQuery } from '@tanstack/react-query'
import { useSurroundings } from '../surroundings.ts'
import { useTRPC } from './api.ts'
import { installationRefreshMs, RETRY_MS } from './refresh-times.ts'

const noActions: readonly Action[] = []

/** Whether background access works; every page asks, one request answers. */
export function useInstallation() {
  const trpc = useTRPC()
  const { host } = useSurroundings()
  return useQuery(
    trpc.installation.get.queryOptions(
      { accountId: host.account.id },
      { refetchInterval: ({ state }) => installationRefreshMs(state.data?.state, state.status === 'error') },
    ),
  )
}

export function useActions() {
  const trpc = useTRPC()
  const { host } = useSurroundings()
  const query = useQuery(
    trpc.action.list.queryOptions(
      { accountId: host.account.id },
      { refetchInterval: ({ state }) => (state.status === 'error' ? RETRY_MS : false) },
    ),
  )
  return { ...query, actions: query.data?.actions ?? noActions }
}

/** Where nothing can be started or changed, because nothing is installed. */
export const isInstalled = (installation: Installation | undefined) =>
  installation !== undefined && installation.state !== 'none' && installation.state !== 'uninstalled'
