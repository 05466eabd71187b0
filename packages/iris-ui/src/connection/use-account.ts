import type { Action, Installation } from '@standin/client'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { actionInWords } from '../actions/action-in-words.ts'
import { useFirstSurroundings } from '../surroundings.ts'
import { useTRPC } from './api.ts'
import { NET_MS, RETRY_MS } from './refresh-times.ts'
import { useActionList } from './use-action-list.ts'

const noActions: readonly Action[] = []

/** Whether background access works; every page asks, one request answers. */
export function useInstallation() {
  const trpc = useTRPC()
  const { host } = useFirstSurroundings()
  return useQuery(
    trpc.installation.get.queryOptions(
      { accountId: host.account.id },
      { refetchInterval: ({ state }) => (state.status === 'error' ? RETRY_MS : NET_MS) },
    ),
  )
}

export function useActions() {
  const { texts } = useFirstSurroundings()
  const query = useActionList()
  const actions = useMemo(
    () => query.data?.actions.map((action) => actionInWords(action, texts)) ?? noActions,
    [query.data, texts],
  )
  return { ...query, actions, sendsEmail: query.data?.sendsEmail ?? true }
}

/** Whether anything can be started or changed: the app is installed, and neither an uninstall nor the operator has stopped it. */
export const isInstalled = (installation: Installation | undefined) =>
  installation !== undefined && !notInstalled.includes(installation.state)

const notInstalled: ReadonlyArray<Installation['state']> = ['none', 'suspended', 'paused', 'uninstalled']
