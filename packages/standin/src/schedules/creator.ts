import { type ErrorReason, errorReasons } from '@standin/contracts'
import { findServiceByKeyId } from '../access/access-store.ts'
import { mayActOn } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import { reasonOfStop, stopOf } from '../accounts/credentials-in-force.ts'
import type { ActionsContext } from '../actions/actions-context.ts'
import { type AllowedAction, allowedAction } from '../actions/allowed-action.ts'
import type { Actor } from '../audit/record.ts'
import type { Context } from '../context.ts'
import { StandinError } from '../standin-error.ts'
import { isAuthorAway } from './end-of-schedule.ts'
import type { ScheduleRow } from './schedule-store.ts'
import type { Creator } from './schedule-table.ts'

/** What a schedule stores of the caller who created it or last resumed it. */
export const creatorOf = (caller: Caller): Creator =>
  caller.kind === 'user'
    ? { kind: 'user', id: caller.id, name: caller.name, ...(caller.scopes && { scopes: caller.scopes }) }
    : { kind: 'service', service: caller.service, keyId: caller.keyId }

/** A schedule in the audit, under the name of its creator. */
export const actorFor = ({ id, createdBy }: { id: string; createdBy: Creator }): Actor => ({
  kind: 'schedule',
  id,
  name: createdBy.kind === 'user' ? createdBy.name : createdBy.service,
})

/**
 * The action of a schedule, if its creator may still start it on the account.
 * @throws StandinError with the reason why not
 */
export async function scheduledAction(ctx: ActionsContext, row: ScheduleRow): Promise<AllowedAction> {
  if (isAuthorAway(row, ctx.clock.now())) throw new StandinError('AUTHOR_AWAY')
  const allowed = await allowedAction(ctx, await callerOf(ctx, row), row)
  const { action } = allowed
  if (action.changesData) throw new StandinError('PREVIEW_REQUIRED')
  action.input.parse(row.input)
  return allowed
}

/**
 * The creator as a caller, with the rights that they have now; a user has those of their last request.
 * @throws StandinError `UNAUTHENTICATED` if the key is no longer valid, `ACCOUNT_FORBIDDEN` without the grant
 */
async function callerOf(ctx: Context, { createdBy, accountId }: ScheduleRow): Promise<Caller> {
  if (createdBy.kind === 'user') return { ...createdBy, accountId, scopes: createdBy.scopes, expiresAt: new Date(0) }
  const service = (await findServiceByKeyId(ctx, createdBy.keyId, accountId))?.caller
  if (!service) throw new StandinError('UNAUTHENTICATED')
  if (!mayActOn(service, accountId)) throw new StandinError('ACCOUNT_FORBIDDEN')
  return service
}

/** Whether it failed only because the account was stopped in the meantime: the schedule is then kept as it is. */
export const isHeld = async (ctx: Pick<Context, 'db'>, accountId: string, reason: ErrorReason): Promise<boolean> =>
  Object.values<ErrorReason>(reasonOfStop).includes(reason) && (await stopOf(ctx, accountId)) !== undefined

/** Whether a failure pauses a schedule: someone has to act before it can start again. */
export const pausesSchedule = (reason: ErrorReason): boolean =>
  errorReasons[reason].retry === 'never' && reason !== 'INTERNAL'
