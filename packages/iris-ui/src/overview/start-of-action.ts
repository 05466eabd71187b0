import type { Action, Installation } from '@standin/client'

/** Whether an action can be started from its row, or what stands in the way. */
export type StartOfAction = 'ready' | 'needs-access' | 'needs-permission' | 'needs-form' | 'needs-preview'

export function startOfAction(action: Action, state: Installation['state']): StartOfAction {
  if (action.missingScopes.length > 0) return 'needs-permission'
  if (action.changesData) return 'needs-preview'
  const { required } = action.inputSchema
  if (Array.isArray(required) && required.length > 0) return 'needs-form'
  // While the access is new, a start waits for it; every other state may last.
  return state === 'active' || state === 'pending' ? 'ready' : 'needs-access'
}
