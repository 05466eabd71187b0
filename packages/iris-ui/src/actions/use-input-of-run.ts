import { skipToken, useQuery } from '@tanstack/react-query'
import { useTRPC } from '../connection/api.ts'

/** The input of an earlier run, to start a form with (`?like=<run>`). */
export function useInputOfRun(runId: string | undefined): {
  input: Record<string, unknown> | undefined
  isPending: boolean
} {
  const trpc = useTRPC()
  const { data, isLoading } = useQuery(trpc.run.get.queryOptions(runId ? { runId } : skipToken))
  return { input: data?.input, isPending: isLoading }
}
