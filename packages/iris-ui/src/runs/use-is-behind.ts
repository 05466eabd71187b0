import type { Run } from '@standin/client'
import { useRuns } from './use-runs.ts'

/** Whether another run of the same action goes on, for which this one has to wait. */
export function useIsBehind(run: Run): boolean {
  const { going } = useRuns()
  return going.some(
    ({ id, actionId, createdAt }) => id !== run.id && actionId === run.actionId && createdAt <= run.createdAt,
  )
}
