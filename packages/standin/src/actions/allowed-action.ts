import { missingForAction } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import { StandinError } from '../standin-error.ts'
import { type AccountScopes, checkGranted } from '../tokens/account-scopes.ts'
import type { AnyAction } from './define-action.ts'

/** What is known of what an account lets be done. */
export interface AccountAllows extends AccountScopes {
  /** Trackunit refused GraphQL, lately. */
  isGraphqlRefused?: boolean
}

export interface AllowedActionDependencies {
  findAction: (actionId: string) => AnyAction | undefined
  /**
   * Undefined while new credentials are not proven yet: a run is accepted, and waits for them.
   * @throws StandinError with the reason why the account is not served
   */
  scopesOf: (accountId: string) => Promise<AccountAllows | undefined>
}

export type AllowedAction = ReturnType<typeof createAllowedAction>

/**
 * The action, where this caller may have it done on this account, and the account lets it be done.
 * @throws StandinError `ACTION_NOT_FOUND`, `SCOPE_FORBIDDEN`, `SCOPE_NOT_GRANTED`, `PLAN_REQUIRED`, or why the account is not served
 */
export function createAllowedAction({ findAction, scopesOf }: AllowedActionDependencies) {
  return async (
    caller: Caller,
    { accountId, actionId }: { accountId: string; actionId: string },
  ): Promise<AnyAction> => {
    const action = findAction(actionId)
    if (!action) throw new StandinError('ACTION_NOT_FOUND')
    const notTheirs = missingForAction(caller, { accountId, scopes: action.scopes, changesData: action.changesData })
    if (notTheirs.length > 0) throw new StandinError('SCOPE_FORBIDDEN', { detail: `Needed: ${notTheirs.join(', ')}.` })
    const known = await scopesOf(accountId)
    if (known) checkGranted(action.scopes, known)
    if (known?.isGraphqlRefused && action.plan !== undefined)
      throw new StandinError('PLAN_REQUIRED', { detail: `Not in the plan: ${action.plan}.` })
    return action
  }
}
