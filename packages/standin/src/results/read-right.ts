import { missingForAction } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import { StandinError } from '../standin-error.ts'
import type { ResultsContext } from './results-context.ts'

/**
 * Checks that a caller may read what a run found: it was read with the action's scopes, so a caller without one of them would
 * see more than Trackunit shows them. Nothing is checked for an action that the server no longer has.
 * @throws StandinError `SCOPE_FORBIDDEN`
 */
export function checkMayRead(
  ctx: ResultsContext,
  caller: Caller,
  { accountId, actionId }: { accountId: string; actionId: string },
): void {
  const scopes = ctx.results.scopesOf(actionId)
  const missing = missingForAction(caller, { accountId, scopes, changesData: false })
  if (missing.length > 0) throw new StandinError('SCOPE_FORBIDDEN', { detail: `Needed: ${missing.join(', ')}.` })
}
