import type { AccessContext } from '../access/access-context.ts'
import type { ActionsContext } from '../actions/actions-context.ts'
import { reviewSchedules } from './review-schedules.ts'
import { listEndedAccounts, noteAuthorsSeen } from './schedule-store.ts'

/**
 * Updates schedules with the rights that their authors had when last seen, and reviews those that changed.
 * @returns false: there is no more to do now
 */
export async function noteAuthors(ctx: ActionsContext & AccessContext): Promise<boolean> {
  const seen = ctx.access.seenUsers.take()
  if (seen.length === 0) return false
  for (const accountId of await noteAuthorsSeen(ctx.db, seen)) await reviewSchedules(ctx, accountId)
  return false
}

/** Pauses schedules whose authors have been away for too long. @returns false: there is no more to do now */
export async function endSchedules(ctx: ActionsContext): Promise<boolean> {
  for (const accountId of await listEndedAccounts(ctx.db)) await reviewSchedules(ctx, accountId)
  return false
}
