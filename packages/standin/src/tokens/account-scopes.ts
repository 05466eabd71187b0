import { StandinError } from '../standin-error.ts'
import { type ScopeSet, scopeSet } from '../trackunit/scope-set.ts'
import type { TokenReceiver } from './token-receiver.ts'

/** The scopes of an account, as its last proof found them. */
export interface AccountScopes {
  grantedScopes: readonly string[]
  /** Denied scopes that, according to Trackunit, the account's plan does not include. */
  missingFromPlan: readonly string[]
}

/**
 * Which scopes a token may have: those that were asked for, else all that receiver and account have in common.
 * @throws StandinError `SCOPE_NOT_IN_MANIFEST`, `SCOPE_FORBIDDEN`, `SCOPE_NOT_GRANTED` or `PLAN_REQUIRED`, naming the scopes
 */
export function scopesToIssue({
  receiver,
  asked,
  granted,
  manifestScopes,
}: {
  receiver: TokenReceiver
  asked: readonly string[] | undefined
  granted: AccountScopes
  manifestScopes: readonly string[]
}): ScopeSet {
  const allowed = receiver.kind === 'service' ? receiver.grantedScopes : manifestScopes
  const wanted = asked ?? allowed.filter((scope) => granted.grantedScopes.includes(scope))
  if (!asked && wanted.length === 0) checkGranted(allowed, granted)
  // Trackunit answers a request without scopes with all scopes of the app.
  if (wanted.length === 0) throw new StandinError('SCOPE_NOT_GRANTED', { detail: 'No scope is left to ask for.' })
  if (asked) {
    checkAsked(asked, manifestScopes, 'SCOPE_NOT_IN_MANIFEST')
    checkAsked(asked, allowed, 'SCOPE_FORBIDDEN')
    checkGranted(asked, granted)
  }
  return scopeSet(wanted)
}

function checkAsked(
  asked: readonly string[],
  allowed: readonly string[],
  reason: 'SCOPE_NOT_IN_MANIFEST' | 'SCOPE_FORBIDDEN',
): void {
  const outside = asked.filter((scope) => !allowed.includes(scope))
  if (outside.length > 0) throw new StandinError(reason, { detail: `Asked for: ${outside.join(', ')}.` })
}

/**
 * Checks that an account granted the scopes.
 * @throws StandinError `PLAN_REQUIRED` if Trackunit said that the plan lacks one of them, else `SCOPE_NOT_GRANTED`; both
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
