import type { Schedule } from '@standin/contracts'
import type { ActionsContext } from '../actions/actions-context.ts'
import { type ScheduleRow, toSchedule } from './schedule-store.ts'

/**
 * A schedule as a caller who may start its action sees it. Of an action that the server no longer has, nobody knows which scopes
 * it needs: everyone on the account may see and end its schedules, and nobody sees what they would start with.
 */
export function shownSchedule({ actions }: Pick<ActionsContext, 'actions'>, row: ScheduleRow): Schedule {
  const schedule = toSchedule(row)
  return actions.find(row.actionId) ? schedule : { ...schedule, input: {}, deliverTo: [] }
}
