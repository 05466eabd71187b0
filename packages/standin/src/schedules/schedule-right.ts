import { type ErrorReason, errorReasons } from '@standin/contracts'
import type { ServiceCaller } from '../access/caller.ts'
import type { AllowedAction } from '../actions/allowed-action.ts'
import type { AnyAction } from '../actions/define-action.ts'
import { StandinError } from '../standin-error.ts'
import { callerOf } from './creator.ts'
import type { ScheduleRow } from './schedule-store.ts'

interface Dependencies {
  allowedAction: AllowedAction
  /** Undefined where the key is no longer good. */
  findServiceByKeyId: (keyId: string) => Promise<ServiceCaller | undefined>
}

export type RightOfSchedule = ReturnType<typeof createRightOfSchedule>

/**
 * The action of a schedule, where its creator may still start it on its account.
 * @throws StandinError with the reason why not
 */
export function createRightOfSchedule({ allowedAction, findServiceByKeyId }: Dependencies) {
  return async (row: ScheduleRow): Promise<AnyAction> => {
    const caller = await callerOf(row.createdBy, row.accountId, { findServiceByKeyId })
    const action = await allowedAction(caller, row)
    if (action.changesData) throw new StandinError('PREVIEW_REQUIRED')
    action.input.parse(row.input)
    return action
  }
}

/** What does not pass by itself pauses a schedule: a person has to do something. */
export const pausesSchedule = (reason: ErrorReason): boolean =>
  errorReasons[reason].retry === 'never' && reason !== 'INTERNAL'
