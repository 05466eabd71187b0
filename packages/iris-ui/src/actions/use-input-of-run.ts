import { skipToken, useQuery } from '@tanstack/react-query'
import { useTRPC } from '../connection/api.ts'

/** What an earlier run was started with, to begin a form with it (`?like=<run>`). */
export function useInputOfRun(runId: string | undefined): {
  input: Record<string, unknown> | undefined
  isPending: boolean
} {
  const trpc = useTRPC()
  const { data, isLoading } = useQuery(trpc.run.get.queryOptions(runId ? { runId } : skipToken))
  return { input: data?.input, isPending: isLoading }
}
