import { missingForAction } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import { StandinError } from '../standin-error.ts'
import type { ActionsContext } from './actions-context.ts'
import type { AnyAction } from './define-action.ts'

type Actions = Pick<ActionsContext, 'actions'>

/** The actions that a caller may not start, nor read a run of, by id: each needs a scope that the caller lacks. */
export const unreadableActions = ({ actions }: Actions, caller: Caller, accountId: string): string[] =>
  actions.list().flatMap((action) => (isReadable(action, caller, accountId) ? [] : [action.id]))

const isReadable = ({ scopes }: Pick<AnyAction, 'scopes'>, caller: Caller, accountId: string) =>
  missingForAction(caller, { accountId, scopes, changesData: false }).length === 0

/** The actions of which a caller may read every run, by id: they have also the optional scopes. */
export const whollyReadableActions = ({ actions }: Actions, caller: Caller, accountId: string): Set<string> =>
  new Set(
    actions
      .list()
      .filter((action) =>
        isReadable({ scopes: [...action.scopes, ...(action.optionalScopes ?? [])] }, caller, accountId),
      )
      .map(({ id }) => id),
  )

/**
 * Checks that a caller may read runs of an action, or of at least one without its id. Lists of runs, and of the machines that
 * runs have read, require this.
 * @throws StandinError `SCOPE_FORBIDDEN`
 */
export function checkMayReadAny(
  { actions }: Actions,
  caller: Caller,
  { accountId, actionId }: { accountId: string; actionId?: string | undefined },
): void {
  const all = actions.list().filter(({ id }) => actionId === undefined || id === actionId)
  if (all.length === 0 || all.some((action) => isReadable(action, caller, accountId))) return
  const scopes = [...new Set(all.map((action) => action.scopes.join(' and ')))]
  throw new StandinError('SCOPE_FORBIDDEN', { detail: `Needed: ${scopes.join(', or ')}.` })
}
