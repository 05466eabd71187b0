import type { Action, Installation } from '@standin/client'
import type { Texts } from '../texts/en.ts'

/** Why an action cannot start, most lasting reason first. */
export type Hindrance = 'plan' | 'permission' | 'role' | 'removed' | 'not-installed' | 'access'

export function hindranceOf(
  action: Pick<Action, 'missingScopes' | 'missingFromPlan' | 'missingPlan' | 'mayStart'>,
  state: Installation['state'] | undefined,
): Hindrance | undefined {
  if (state === 'uninstalled' || state === 'suspended') return 'removed'
  if (state === 'none') return 'not-installed'
  if (action.missingFromPlan.length > 0 || action.missingPlan !== null) return 'plan'
  if (action.missingScopes.length > 0) return 'permission'
  if (!action.mayStart) return 'role'
  // While the access is new, a start waits for it; every other state may last.
  return state === undefined || state === 'active' || state === 'pending' ? undefined : 'access'
}

export function hindranceWords(
  hindrance: Hindrance,
  { missingScopes, missingFromPlan, missingPlan }: Pick<Action, 'missingScopes' | 'missingFromPlan' | 'missingPlan'>,
  texts: Texts,
): string {
  const words = texts.actions
  const namesOf = (scopes: readonly string[]) => texts.list(scopes.map((scope) => texts.permissions[scope] ?? scope))
  switch (hindrance) {
    case 'plan':
      return words.needsPlan(missingPlan ?? namesOf(missingFromPlan))
    case 'permission':
      return words.needsPermission(namesOf(missingScopes))
    case 'role':
      return words.needsRole
    case 'removed':
      return words.uninstalled
    case 'not-installed':
      return words.notInstalled
    case 'access':
      return words.noAccess
  }
}
