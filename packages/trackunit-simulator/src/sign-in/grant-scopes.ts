import type { Behaviour } from '../behaviour.ts'
import type { AppManifest } from '../manifest.ts'
import type { Client } from '../state.ts'
import { refusal, type TokenRefusal } from './token-request.ts'

type ScopePolicy = { manifest: AppManifest; deniedScopes: Behaviour['deniedScopes'] }

/** [doc] Requested scopes are listed in the manifest and are a subset of those the installing user allowed. */
export function grantScopes(client: Client, requested: string[], policy: ScopePolicy): string[] | TokenRefusal {
  if (requested.length === 0) return refusal('invalid_scope', 'scope is missing.', 'token-scope-named')

  const inManifest = new Set(policy.manifest.scopes.map(({ scope }) => scope))
  if (!requested.every((scope) => inManifest.has(scope))) {
    return refusal('invalid_scope', 'A requested scope is not in the manifest.', 'token-scope-in-manifest')
  }

  // [unknown] what a refusal because of the plan looks like: the code is our guess.
  if (requested.some((scope) => client.scopesOutsidePlan.includes(scope)))
    return refusal('plan_required', 'The plan of the account does not include a requested scope.')

  const granted = requested.filter((scope) => client.grantedScopes.includes(scope))
  if (granted.length === requested.length) return granted
  if (policy.deniedScopes === 'shorter' && granted.length > 0) return granted
  return refusal('invalid_scope', 'A requested scope is not allowed for this client.')
}
