import { stopOf } from '../accounts/credentials-in-force.ts'
import type { ActionsContext } from '../actions/actions-context.ts'
import { record } from '../audit/record.ts'
import { inTransaction } from '../context.ts'
import { byDatabaseClock } from '../database/database-clock.ts'
import { toRefusal } from '../refusal.ts'
import { actorFor, isHeld, pausesSchedule, scheduledAction } from './creator.ts'
import { listActiveSchedules, lockSchedule, paused, updateScheduleRow } from './schedule-store.ts'

/**
 * Pauses the schedules of an account that lost a right they need, as soon as the account changes: otherwise people would
 * see a next time at which nothing starts. A change that is missed here is noticed when the schedule is due.
 */
export async function reviewSchedules(processCtx: ActionsContext, accountId: string): Promise<void> {
  if (await stopOf(processCtx, accountId)) return // Its schedules do not start, and continue when it is restored or resumed.
  const ctx = await byDatabaseClock(processCtx)
  for (const row of await listActiveSchedules(ctx.db, accountId)) {
    const reason = await scheduledAction(ctx, row).then(
      () => undefined,
      (error: unknown) => toRefusal(error).reason,
    )
    if (reason === undefined || !pausesSchedule(reason)) continue
    await inTransaction(ctx, async (tx) => {
      const current = await lockSchedule(tx.db, row)
      if (current?.state !== 'active') return // Another replica has paused it.
      if (await isHeld(tx, row.accountId, reason)) return
      await updateScheduleRow(tx.db, row, { ...paused, reason })
      const details = { scheduleId: row.id, actionId: row.actionId, reason }
      await record(tx, { actor: actorFor(current), event: 'schedule.paused', accountId, details })
    })
  }
}
