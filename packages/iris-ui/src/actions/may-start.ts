import type { Action, Installation, Run } from '@standin/client'

/** Why an action cannot start, the longest-lasting reason first. `busy`: one of its runs works and another waits. */
export type Hindrance = 'plan' | 'permission' | 'role' | 'removed' | 'stopped' | 'not-installed' | 'access' | 'busy'

/** With this many open runs, the server refuses another. */
const mostOpen = 2

/**
 * Why the server would refuse a start.
 * @param going the account's open runs; undefined for a schedule, which starts later
 */
export function hindranceOf(
  action: Pick<Action, 'id' | 'missingScopes' | 'missingFromPlan' | 'missingPlan' | 'mayStart' | 'mayOverlap'>,
  state: Installation['state'] | undefined,
  going: readonly Pick<Run, 'actionId'>[] = [],
): Hindrance | undefined {
  if (state === 'uninstalled') return 'removed'
  if (state === 'suspended' || state === 'paused') return 'stopped'
  if (state === 'none') return 'not-installed'
  if (action.missingFromPlan.length > 0 || action.missingPlan !== null) return 'plan'
  if (action.missingScopes.length > 0) return 'permission'
  if (!action.mayStart) return 'role'
  // While the access is new, a start waits for it; every other state may last.
  if (state !== undefined && state !== 'active' && state !== 'pending') return 'access'
  const open = going.filter(({ actionId }) => actionId === action.id).length
  return open >= mostOpen && !action.mayOverlap ? 'busy' : undefined
}
