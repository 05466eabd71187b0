import type { Action } from '@standin/client'
import { useInstallation } from '../connection/use-account.ts'
import { useRuns } from '../runs/use-runs.ts'
import { type Hindrance, hindranceOf } from './may-start.ts'

/** Why the server would refuse to start this action now, as far as the page knows. */
export function useHindrance(action: Action | undefined): Hindrance | undefined {
  const state = useInstallation().data?.state
  const { going } = useRuns()
  return action && hindranceOf(action, state, going)
}
