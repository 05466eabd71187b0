import type { Caller, ServiceCaller } from './caller.ts'

/** Whether a caller may act on an account at all: their own for a user, a granted one for a service. Deny by default. */
export function mayActOn(caller: Caller, accountId: string): boolean {
  return caller.kind === 'user' ? caller.accountId === accountId : grantedScopes(caller, accountId) !== undefined
}

/** The scopes that a service was granted on an account: of the grant for it and of the one for all; undefined without any. */
export function grantedScopes(
  { grants }: Pick<ServiceCaller, 'grants'>,
  accountId: string,
): readonly string[] | undefined {
  const applying = grants.filter((grant) => grant.accountId === 'all' || grant.accountId === accountId)
  if (applying.length === 0) return undefined
  return [...new Set(applying.flatMap(({ scopes }) => scopes))]
}

/**
 * Scopes that a caller lacks for an action. Where no scope claim is configured, a user may start what only reads:
 * nothing then says that they may change anything.
 */
export function missingForAction(
  caller: Caller,
  { accountId, scopes, changesData }: { accountId: string; scopes: readonly string[]; changesData: boolean },
): readonly string[] {
  const own = caller.kind === 'user' ? caller.scopes : (grantedScopes(caller, accountId) ?? [])
  if (own === undefined) return changesData ? scopes : []
  return scopes.filter((scope) => !own.includes(scope))
}
