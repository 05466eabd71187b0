import { StandinError } from '../standin-error.ts'

/** What an account lets us do, as an exchange found it out. */
export interface AccountScopes {
  grantedScopes: readonly string[]
  /** Of the others those that its plan does not include, as Trackunit said. */
  missingFromPlan: readonly string[]
}

/**
 * Lets pass what an account granted.
 * @throws StandinError `PLAN_REQUIRED` where Trackunit said that the plan lacks one of them, else `SCOPE_NOT_GRANTED`; both
 *   name the scopes
 */
export function checkGranted(wanted: readonly string[], { grantedScopes, missingFromPlan }: AccountScopes): void {
  const missing = wanted.filter((scope) => !grantedScopes.includes(scope))
  if (missing.length === 0) return
  const forPlan = missing.filter((scope) => missingFromPlan.includes(scope))
  if (forPlan.length === 0) throw new StandinError('SCOPE_NOT_GRANTED', { detail: `Needed: ${missing.join(', ')}.` })
  const others = missing.filter((scope) => !forPlan.includes(scope))
  throw new StandinError('PLAN_REQUIRED', {
    detail: `Not in the plan: ${forPlan.join(', ')}.${others.length > 0 ? ` Not granted: ${others.join(', ')}.` : ''}`,
  })
}
