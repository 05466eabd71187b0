import { type Actor, record } from '../audit/record.ts'
import { type Context, inTransaction } from '../context.ts'
import { byDatabaseClock } from '../database/database-clock.ts'
import { nextTimes } from './next-times.ts'
import { listRestoredSchedules, lockSchedule, updateScheduleRow } from './schedule-store.ts'

/**
 * Resumes the schedules that a restore paused, with their authors' rights. Each starts at its next time; missed times are skipped.
 * @param input.accountId undefined: of all accounts
 * @returns how many
 */
export async function resumeRestoredSchedules(
  processCtx: Context,
  { accountId, actor }: { accountId?: string | undefined; actor: Actor },
): Promise<number> {
  const ctx = await byDatabaseClock(processCtx)
  const paused = await listRestoredSchedules(ctx.db, accountId)
  for (const { id, accountId, actionId } of paused)
    await inTransaction(ctx, async (tx) => {
      const row = await lockSchedule(tx.db, { id, accountId })
      if (row?.reason !== 'RESTORED') return // Someone has changed it in the meantime.
      const [nextAt = null] = nextTimes(row, { after: tx.clock.now(), count: 1 })
      await updateScheduleRow(tx.db, row, { state: 'active', reason: null, nextAt, dueAt: nextAt })
      await record(tx, { actor, event: 'schedule.resumed', accountId, details: { scheduleId: id, actionId } })
    })
  return paused.length
}
