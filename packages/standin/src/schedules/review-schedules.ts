import { record } from '../audit/record.ts'
import type { Database } from '../database/database.ts'
import { toRefusal } from '../refusal.ts'
import { actorFor } from './creator.ts'
import { pausesSchedule, type RightOfSchedule } from './schedule-right.ts'
import { listActiveSchedules, lockSchedule, paused, updateSchedule } from './schedule-store.ts'

/**
 * Pauses the schedules of an account that lost what they need, when that happens: the next time that is shown would
 * otherwise be one at which nothing starts. What is missed here is found when they are due.
 */
export function createReviewSchedules({ db, rightOf }: { db: Database; rightOf: RightOfSchedule }) {
  return async (accountId: string): Promise<void> => {
    for (const { id, ...row } of await listActiveSchedules(db, accountId)) {
      const reason = await rightOf({ id, ...row }).then(
        () => undefined,
        (error: unknown) => toRefusal(error).reason,
      )
      if (reason === undefined || !pausesSchedule(reason)) continue
      await db.transaction(async (tx) => {
        const current = await lockSchedule(tx, id)
        if (current?.state !== 'active') return // Another replica was first.
        await updateSchedule(tx, id, { ...paused, reason })
        const details = { scheduleId: id, actionId: row.actionId, reason }
        await record(tx, { actor: actorFor(current), event: 'schedule.paused', accountId, details })
      })
    }
  }
}
