import type { Run } from '@standin/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { useLocation } from 'wouter'
import { useTRPC } from '../connection/api.ts'
import { useAskAgain } from '../connection/ask-again.ts'
import { failureOf, isRefusal, mayPass } from '../connection/failure.ts'
import { useAnnouncer } from '../shell/announcer.ts'
import { addressOfRun } from './address-of-run.ts'
import { whatStartsDependOn } from './what-starts-depend-on.ts'

/** Repeats a run. Further clicks before the answer start no other run. */
export function useRetryRun(runId: Run['id']) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const askAgain = useAskAgain()
  const [, navigate] = useLocation()
  const { justStarted } = useAnnouncer()
  const key = useRef<string>(undefined)
  const retry = useMutation(
    trpc.run.retry.mutationOptions({
      retry: (failures, error) => failures < 2 && mayPass(failureOf(error)),
      onSuccess(started) {
        key.current = undefined
        queryClient.setQueryData(trpc.run.get.queryKey({ runId: started.id }), started)
        askAgain(trpc.run.list.pathKey())
        justStarted.current = started.id
        navigate(addressOfRun(started))
      },
      onError(error) {
        if (!isRefusal(failureOf(error))) return
        key.current = undefined
        askAgain(...whatStartsDependOn(trpc))
      },
    }),
  )
  return {
    busy: retry.isPending,
    failure: retry.error ? failureOf(retry.error) : undefined,
    press() {
      key.current ??= crypto.randomUUID()
      retry.mutate({ runId, idempotencyKey: key.current })
    },
  }
}
