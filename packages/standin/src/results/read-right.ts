import { missingForAction } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import { StandinError } from '../standin-error.ts'

/**
 * Checks that a caller may read what a run found: a caller without one of the scopes that it was read with would see more than
 * Trackunit shows them.
 * @throws StandinError `SCOPE_FORBIDDEN`
 */
export function checkMayRead(
  caller: Caller,
  { accountId, readsWith: scopes }: { accountId: string; readsWith: readonly string[] },
): void {
  const missing = missingForAction(caller, { accountId, scopes, changesData: false })
  if (missing.length > 0) throw new StandinError('SCOPE_FORBIDDEN', { detail: `Needed: ${missing.join(', ')}.` })
}
