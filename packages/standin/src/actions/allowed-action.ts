import type { ErrorReason } from '@standin/contracts'
import { missingForAction } from '../access/authorize.ts'
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
): Promise<AnyAction> {
  const action = ctx.actions.find(actionId)
  if (!action) throw new StandinError('ACTION_NOT_FOUND')
  const { scopes, changesData } = action
  const missing = missingForAction(caller, { accountId, scopes, changesData })
  if (missing.length > 0) throw new StandinError('SCOPE_FORBIDDEN', { detail: `Needed: ${missing.join(', ')}.` })
  await checkAccountAllows(ctx, accountId, action)
  return action
}

/** @throws StandinError `SCOPE_NOT_GRANTED`, `PLAN_REQUIRED`, or why the account is not served */
export async function checkAccountAllows(
  ctx: Pick<Context, 'db' | 'signedRows'>,
  accountId: string,
  { scopes, plan }: Pick<AnyAction, 'scopes' | 'plan'>,
): Promise<void> {
  const allows = await accountAllowsIfServed(ctx, accountId, (reason) => reason === 'CREDENTIALS_PENDING')
  if (allows) checkGranted(scopes, allows)
  if (allows?.isGraphqlRefused && plan !== undefined)
    throw new StandinError('PLAN_REQUIRED', { detail: `Not in the plan: ${plan}.` })
}
