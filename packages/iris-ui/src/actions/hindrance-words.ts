import type { Action } from '@standin/client'
import type { Texts } from '../texts/en.ts'
import type { Hindrance } from './may-start.ts'

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
    case 'stopped':
      return words.stopped
    case 'not-installed':
      return words.notInstalled
    case 'access':
      return words.noAccess
    case 'busy':
      return words.notStartedBecause.RUN_OVERLAPS
  }
}

/** What an action leaves out because it lacks optional permissions. */
export function leavesOutWords(
  scopes: readonly string[],
  { missingFromPlan, texts }: { missingFromPlan: readonly string[]; texts: Texts },
): string {
  const names = texts.list(scopes.map((scope) => texts.permissions[scope] ?? scope))
  const isPlan = scopes.every((scope) => missingFromPlan.includes(scope))
  return isPlan ? texts.actions.leavesOutOfPlan(names) : texts.actions.leavesOut(names)
}
