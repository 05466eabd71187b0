import type { Installation } from '@standin/client'
import { useQuery } from '@tanstack/react-query'
import { useFirstSurroundings } from '../surroundings.ts'
import { useTRPC } from './api.ts'
import { NET_MS, RETRY_MS } from './refresh-times.ts'
import { useKnown } from './use-known.ts'

/** Whether background access works. Every page uses it; they share one request. */
export function useInstallation() {
  const trpc = useTRPC()
  const { host } = useFirstSurroundings()
  return useKnown(
    useQuery(
      trpc.installation.get.queryOptions(
        { accountId: host.account.id },
        { refetchInterval: ({ state }) => (state.status === 'error' ? RETRY_MS : NET_MS) },
      ),
    ),
  )
}

/** Whether anything can be started or changed: the app is installed, and neither an uninstall nor the operator has stopped it. */
export const isInstalled = (installation: Installation | undefined) =>
  installation !== undefined && !notInstalled.includes(installation.state)

const notInstalled: ReadonlyArray<Installation['state']> = ['none', 'suspended', 'paused', 'uninstalled']
