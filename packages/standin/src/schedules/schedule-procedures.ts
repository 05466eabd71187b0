import { procedures } from '@standin/contracts'
import { stopOf } from '../accounts/credentials-in-force.ts'
import type { ActionsContext } from '../actions/actions-context.ts'
import { unreadableActions } from '../actions/readable-actions.ts'
import { byDatabaseClock } from '../database/database-clock.ts'
import type { Contracted } from '../http/trpc.ts'
import { decodeCursor, encodeCursor } from '../runs/run-cursor.ts'
import { declineOffer } from './decline-offer.ts'
import { listDeclined } from './declined-offer-store.ts'
import { createSchedule, deleteSchedule, pauseSchedule, resumeSchedule, updateSchedule } from './manage-schedules.ts'
import { timesToShow } from './next-times.ts'
import { listSchedules, whileStopped } from './schedule-store.ts'
import { shownSchedule } from './shown-schedule.ts'

export function scheduleProcedures(ctx: ActionsContext, contracted: Contracted) {
  const { list, create, update, pause, resume, delete: remove, preview, declineOffer: decline } = procedures.schedule
  return {
    list: contracted.call(list).query(async ({ ctx: { accountId, caller }, input: { cursor, limit } }) => {
      const before = cursor === undefined ? undefined : decodeCursor(cursor)
      const withoutActions = unreadableActions(ctx, caller, accountId)
      const rows = await listSchedules(ctx.db, { accountId, withoutActions, before, limit: limit + 1 })
      const stop = await stopOf(ctx, accountId)
      const page = rows.slice(0, limit).map((row) => (stop ? whileStopped(row, stop) : row))
      const last = page.at(-1)
      return {
        schedules: page.map((row) => shownSchedule(ctx, row)),
        declined: caller.kind === 'user' ? await listDeclined(ctx.db, { accountId, userId: caller.id }) : [],
        nextCursor: rows.length > limit && last ? encodeCursor(last) : null,
      }
    }),
    create: contracted.call(create).mutation(({ ctx: { caller }, input }) => createSchedule(ctx, caller, input)),
    update: contracted
      .call(update)
      .mutation(({ ctx: { caller, accountId }, input: { scheduleId: id, ...change } }) =>
        updateSchedule(ctx, caller, { id, accountId }, change),
      ),
    pause: contracted
      .call(pause)
      .mutation(({ ctx: { caller, accountId }, input }) =>
        pauseSchedule(ctx, caller, { id: input.scheduleId, accountId }),
      ),
    resume: contracted
      .call(resume)
      .mutation(({ ctx: { caller, accountId }, input }) =>
        resumeSchedule(ctx, caller, { id: input.scheduleId, accountId }),
      ),
    delete: contracted.call(remove).mutation(async ({ ctx: { caller, accountId }, input }) => {
      await deleteSchedule(ctx, caller, { id: input.scheduleId, accountId })
      return {}
    }),
    declineOffer: contracted.call(decline).mutation(async ({ ctx: { caller, accountId }, input: { actionId } }) => {
      await declineOffer(ctx, caller, { accountId, actionId })
      return {}
    }),
    preview: contracted.call(preview).query(async ({ input }) => {
      const now = (await byDatabaseClock(ctx)).clock.now()
      const times = timesToShow({ ...input, anchorAt: now }, now)
      return { times: times.map((at) => at.toISOString()) }
    }),
  }
}
