import type { Run } from '@standin/client'
import { useRuns } from './use-runs.ts'

/** Another run of the same action that goes on, for which this one has to wait. */
export function useRunBefore(run: Run): Run | undefined {
  const { going } = useRuns()
  return going.find(
    ({ id, actionId, createdAt }) => id !== run.id && actionId === run.actionId && createdAt <= run.createdAt,
  )
}
