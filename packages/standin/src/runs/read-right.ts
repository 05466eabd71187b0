import { missingForAction } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import type { AnyAction } from '../actions/define-action.ts'
import { StandinError } from '../standin-error.ts'

export type CheckMayRead = ReturnType<typeof createCheckMayRead>

/**
 * Whether a caller may have what a run found: it was read with the action's scopes, so whoever lacks one of them would
 * see more than Trackunit shows them. Of an action that is no longer there nobody knows what it needed.
 * @returns a check that throws StandinError `SCOPE_FORBIDDEN`
 */
export function createCheckMayRead({ findAction }: { findAction: (actionId: string) => AnyAction | undefined }) {
  return (caller: Caller, { accountId, actionId }: { accountId: string; actionId: string }): void => {
    const { scopes } = findAction(actionId) ?? { scopes: [] }
    const missing = missingForAction(caller, { accountId, scopes, changesData: false })
    if (missing.length > 0) throw new StandinError('SCOPE_FORBIDDEN', { detail: `Needed: ${missing.join(', ')}.` })
  }
}
