import type { ErrorReason } from '@standin/contracts'
import { missingForAction, ownScopes } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import { findCredentialsInForce } from '../accounts/credentials-in-force.ts'
import type { Context } from '../context.ts'
import { StandinError } from '../standin-error.ts'
import { checkGranted } from '../tokens/account-scopes.ts'
import { isGraphqlRefused } from '../trackunit/rate-budget-store.ts'
import type { AccountAllows } from './action-catalogue.ts'
import type { ActionsContext } from './actions-context.ts'
import type { AnyAction } from './define-action.ts'

/** @throws StandinError with the reason why the account is not served */
export async function accountAllows(
  ctx: Pick<Context, 'db' | 'signedRows'>,
  accountId: string,
): Promise<AccountAllows> {
  const [inForce, isRefused] = await Promise.all([
    findCredentialsInForce(ctx, accountId),
    isGraphqlRefused(ctx.db, accountId),
  ])
  const { grantedScopes, missingFromPlan } = inForce
  return { grantedScopes, missingFromPlan, isGraphqlRefused: isRefused }
}

/**
 * The same, but undefined if the account is not served for a reason that the caller ignores; by default any.
 * @throws StandinError with any other reason; what the database throws
 */
export async function accountAllowsIfServed(
  ctx: Pick<Context, 'db' | 'signedRows'>,
  accountId: string,
  isIgnored: (reason: ErrorReason) => boolean = () => true,
): Promise<AccountAllows | undefined> {
  try {
    return await accountAllows(ctx, accountId)
  } catch (error) {
    if (error instanceof StandinError && isIgnored(error.reason)) return undefined
    throw error
  }
}

/** An action that a caller may start on an account, and the scopes that its run reads with. */
export interface AllowedAction {
  action: AnyAction
  readsWith: string[]
}

/**
 * The action, if this caller may start it on this account and the account allows it. While new credentials are not proven,
 * nothing is known about the account: a run is accepted and waits for them.
 * @throws StandinError `ACTION_NOT_FOUND`, `SCOPE_FORBIDDEN`, `SCOPE_NOT_GRANTED`, `PLAN_REQUIRED`, or why the account is
 *   not served
 */
export async function allowedAction(
  ctx: Pick<ActionsContext, 'db' | 'signedRows' | 'actions'>,
  caller: Caller,
  { accountId, actionId }: { accountId: string; actionId: string },
): Promise<AllowedAction> {
  const action = ctx.actions.find(actionId)
  if (!action) throw new StandinError('ACTION_NOT_FOUND')
  const { scopes, changesData } = action
  const missing = missingForAction(caller, { accountId, scopes, changesData })
  if (missing.length > 0) throw new StandinError('SCOPE_FORBIDDEN', { detail: `Needed: ${missing.join(', ')}.` })
  const allows = await checkAccountAllows(ctx, accountId, action)
  return { action, readsWith: scopesToReadWith(action, { own: ownScopes(caller, accountId), allows }) }
}

/**
 * The scopes that a run reads with: those of its action, and the optional ones that its starter has and the account granted.
 * An optional scope that was not granted would keep its result from people although nothing was read with it.
 * @param own undefined: all, as for the operator
 * @param allows undefined while it is unknown what the account granted
 */
export function scopesToReadWith(
  { scopes, optionalScopes = [] }: Pick<AnyAction, 'scopes' | 'optionalScopes'>,
  { own, allows }: { own: readonly string[] | undefined; allows: AccountAllows | undefined },
): string[] {
  const has = (scopes: readonly string[] | undefined, scope: string) => scopes === undefined || scopes.includes(scope)
  return [...scopes, ...optionalScopes.filter((scope) => has(own, scope) && has(allows?.grantedScopes, scope))]
}

/**
 * @returns what the account allows; undefined while that is unknown
 * @throws StandinError `SCOPE_NOT_GRANTED`, `PLAN_REQUIRED`, or why the account is not served
 */
export async function checkAccountAllows(
  ctx: Pick<Context, 'db' | 'signedRows'>,
  accountId: string,
  { scopes, plan }: Pick<AnyAction, 'scopes' | 'plan'>,
): Promise<AccountAllows | undefined> {
  const allows = await accountAllowsIfServed(ctx, accountId, (reason) => reason === 'CREDENTIALS_PENDING')
  if (allows) checkGranted(scopes, allows)
  if (allows?.isGraphqlRefused && plan !== undefined)
    throw new StandinError('PLAN_REQUIRED', { detail: `Not in the plan: ${plan}.` })
  return allows
}
