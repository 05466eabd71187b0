import { missingForAction } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import { StandinError } from '../standin-error.ts'
import type { ActionsContext } from './actions-context.ts'

/** The actions whose runs a caller may not read, by id: each needs a scope that the caller lacks. */
export const unreadableActions = (
  { actions }: Pick<ActionsContext, 'actions'>,
  caller: Caller,
  accountId: string,
): string[] =>
  actions
    .list()
    .filter(({ scopes }) => missingForAction(caller, { accountId, scopes, changesData: false }).length > 0)
    .map(({ id }) => id)

/**
 * Checks that a caller may read the runs of at least one action. Lists of runs, and of the machines that runs have read,
 * require this.
 * @throws StandinError `SCOPE_FORBIDDEN`
 */
export function checkMayReadAny(ctx: Pick<ActionsContext, 'actions'>, caller: Caller, accountId: string): void {
  const all = ctx.actions.list()
  if (all.length === 0 || unreadableActions(ctx, caller, accountId).length < all.length) return
  const scopes = [...new Set(all.map((action) => action.scopes.join(' and ')))]
  throw new StandinError('SCOPE_FORBIDDEN', { detail: `Needed: ${scopes.join(', or ')}.` })
}
