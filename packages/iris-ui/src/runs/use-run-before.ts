import type { Run } from '@standin/client'
import { useRuns } from './use-runs.ts'

/** The running run of the same action that this one waits for. */
export function useRunBefore(run: Run): Run | undefined {
  const { going } = useRuns()
  return going.find(
    ({ id, actionId, createdAt }) => id !== run.id && actionId === run.actionId && createdAt <= run.createdAt,
  )
}
