import type { Caller, ServiceCaller } from './caller.ts'

/** Whether a caller may act on an account at all: a user on their own, a service on a granted one. Denies by default. */
export function mayActOn(caller: Caller, accountId: string): boolean {
  return caller.kind === 'user' ? caller.accountId === accountId : grantedScopes(caller, accountId) !== undefined
}

/** The scopes that a service was granted on an account, by a grant for it and by one for all; undefined without a grant. */
export function grantedScopes(caller: Pick<ServiceCaller, 'grants'>, accountId: string): readonly string[] | undefined {
  const applying = applyingGrants(caller, accountId)
  if (applying.length <= 1) return applying[0]?.scopes // The usual case: a set costs ten times as much.
  return [...new Set(applying.flatMap(({ scopes }) => scopes))]
}

/** The grants for an account: one for it and one for all. */
export const applyingGrants = ({ grants }: Pick<ServiceCaller, 'grants'>, accountId: string) =>
  grants.filter((grant) => grant.accountId === 'all' || grant.accountId === accountId)

/** All accounts, these, or those that a service was granted: too many to list. */
export type GrantedAccounts = 'all' | readonly string[] | { service: string }

/** Every account on which a caller may act. */
export function grantedAccounts(caller: Caller): GrantedAccounts {
  if (caller.kind === 'user') return [caller.accountId]
  return caller.grants.some(({ accountId }) => accountId === 'all') ? 'all' : { service: caller.service }
}

/**
 * Whether a caller is a user who may approve credentials: their own token has all scopes of `USER_TOKEN_ADMIN_SCOPES`.
 * False if that is unset, or if no scope claim is configured.
 */
export function isAdministrator(caller: Caller, administratorScopes: readonly string[] | undefined): boolean {
  if (caller.kind !== 'user' || !administratorScopes || administratorScopes.length === 0) return false
  return administratorScopes.every((scope) => caller.scopes?.includes(scope))
}

/**
 * The scopes that a caller has of their own on an account: those of a user's token, or of a service's grants. Undefined where
 * no scope claim is configured: what a user may read is then unknown, and everyone on the account may read everything.
 */
export const ownScopes = (caller: Caller, accountId: string): readonly string[] | undefined =>
  caller.kind === 'user' ? caller.scopes : (grantedScopes(caller, accountId) ?? [])

/**
 * Scopes that a caller lacks for an action. Where no scope claim is configured, a user may start only actions that read:
 * their right to change data is unknown.
 */
export function missingForAction(
  caller: Caller,
  { accountId, scopes, changesData }: { accountId: string; scopes: readonly string[]; changesData: boolean },
): readonly string[] {
  const own = ownScopes(caller, accountId)
  if (own === undefined) return changesData ? scopes : []
  return scopes.filter((scope) => !own.includes(scope))
}
