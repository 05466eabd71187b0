import type { Run } from '@standin/client'
import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import { useTRPC } from '../connection/api.ts'
import { type Failure, failureOf, mayPass } from '../connection/failure.ts'
import { useSurroundings } from '../surroundings.ts'

export interface StartingRun {
  start(): void
  busy: boolean
  /** Why the last try did not work. */
  failure: Failure | undefined
}

/** Starts an action once per intention: as long as it is not known whether the server took it, each try uses the same key. */
export function useStartRun(actionId: string, onStarted: (run: Run) => void): StartingRun {
  const trpc = useTRPC()
  const { host } = useSurroundings()
  const intention = useRef<string>(undefined)

  const mutation = useMutation(
    trpc.run.start.mutationOptions({
      retry: (failures, error) => failures < 2 && mayPass(failureOf(error)),
      retryDelay: (failures) => 1_000 * 2 ** failures,
      onSuccess(run) {
        intention.current = undefined
        onStarted(run)
      },
      onError(error) {
        // An answer that refuses ends the intention; without one it goes on.
        if (!mayPass(failureOf(error)) && failureOf(error) !== 'SIGNED_OUT') intention.current = undefined
      },
    }),
  )

  return {
    start() {
      intention.current ??= crypto.randomUUID()
      mutation.mutate({ accountId: host.account.id, actionId, input: {}, idempotencyKey: intention.current })
    },
    busy: mutation.isPending,
    failure: mutation.error ? failureOf(mutation.error) : undefined,
  }
}
