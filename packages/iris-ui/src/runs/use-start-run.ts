import type { Destination, Run } from '@standin/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { useTRPC } from '../connection/api.ts'
import { useAskAgain } from '../connection/ask-again.ts'
import { type Failure, failureOf, isRefusal, mayPass } from '../connection/failure.ts'
import { accountNameToSend } from '../forms/account-name-to-send.ts'
import { useSurroundings } from '../surroundings.ts'
import { whatStartsDependOn } from './what-starts-depend-on.ts'

export interface RunWanted {
  actionId: string
  input: Record<string, unknown>
  mode?: 'preview' | 'apply'
  previewRunId?: string
  leaveOut?: string[]
  deliverTo?: Destination[]
}

export interface StartingRun {
  start(wanted: RunWanted): void
  busy: boolean
  /** Why the last try failed. */
  failure: Failure | undefined
}

/** Starts a run once: until the server's answer is known, each retry uses the same key. */
export function useStartRun(onStarted: (run: Run) => void): StartingRun {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const askAgain = useAskAgain()
  const { host, texts, formats } = useSurroundings()
  const intention = useRef<{ key: string; of: string }>(undefined)

  const mutation = useMutation(
    trpc.run.start.mutationOptions({
      retry: (failures, error) => failures < 2 && mayPass(failureOf(error)),
      retryDelay: (failures) => 1_000 * 2 ** failures,
      onSuccess(run) {
        intention.current = undefined
        queryClient.setQueryData(trpc.run.get.queryKey({ runId: run.id }), run)
        askAgain(trpc.run.list.pathKey())
        onStarted(run)
      },
      onError(error) {
        // Without an answer, the same key is used again.
        if (!isRefusal(failureOf(error))) return
        intention.current = undefined
        askAgain(...whatStartsDependOn(trpc))
      },
    }),
  )

  return {
    start(wanted) {
      const of = JSON.stringify(wanted)
      if (intention.current?.of !== of) intention.current = { key: crypto.randomUUID(), of }
      mutation.mutate({
        accountId: host.account.id,
        ...wanted,
        idempotencyKey: intention.current.key,
        timeZone: formats.zone,
        unitSystem: host.user.measurement,
        language: texts.language,
        accountName: accountNameToSend(host.account.name),
      })
    },
    busy: mutation.isPending,
    failure: mutation.error ? failureOf(mutation.error) : undefined,
  }
}
