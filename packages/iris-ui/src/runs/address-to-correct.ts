import type { Action, Run } from '@standin/client'
import { addresses } from '../shell/addresses.ts'

/** Where the receiver of a result is corrected; undefined for a reader who may not start its action. */
export function addressToCorrect(
  { id, actionId, scheduleId }: Pick<Run, 'id' | 'actionId' | 'scheduleId'>,
  actions: readonly Action[],
): string | undefined {
  if (!actions.find((action) => action.id === actionId)?.mayStart) return undefined
  return scheduleId ? addresses.changeSchedule(scheduleId) : addresses.actionLike(actionId, id)
}
