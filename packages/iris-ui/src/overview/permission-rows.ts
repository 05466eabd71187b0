import type { Installation } from '@standin/client'

export interface PermissionRow {
  scope: string
  state: 'granted' | 'denied' | 'not-in-plan' | 'unknown'
}

/** Each permission that Standin asked for and its state; `unknown` until the first access token. */
export function permissionRows({
  requestedScopes,
  grantedScopes,
  deniedScopes,
  missingFromPlan,
}: Installation): PermissionRow[] {
  const scopes = [...new Set([...requestedScopes, ...grantedScopes, ...deniedScopes])]
  const rank = { granted: 0, unknown: 1, denied: 2, 'not-in-plan': 3 }
  return scopes
    .map((scope): PermissionRow => {
      if (grantedScopes.includes(scope)) return { scope, state: 'granted' }
      if (missingFromPlan.includes(scope)) return { scope, state: 'not-in-plan' }
      return { scope, state: deniedScopes.includes(scope) ? 'denied' : 'unknown' }
    })
    .sort((a, b) => rank[a.state] - rank[b.state])
}
