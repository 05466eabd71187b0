import { procedures } from '@standin/contracts'
import { accessOf } from '../accounts/credentials-in-force.ts'
import type { ActionsContext } from '../actions/actions-context.ts'
import type { Contracted } from '../http/trpc.ts'
import { decodeCursor, encodeCursor } from '../runs/run-cursor.ts'
import { createSchedule, deleteSchedule, pauseSchedule, resumeSchedule, updateSchedule } from './manage-schedules.ts'
import { nextTimes } from './next-times.ts'
import { listSchedules, toSchedule, whileSuspended } from './schedule-store.ts'

export function scheduleProcedures(ctx: ActionsContext, contracted: Contracted) {
  const { list, create, update, pause, resume, delete: remove, preview } = procedures.schedule
  return {
    list: contracted.call(list).query(async ({ ctx: { accountId }, input: { cursor, limit } }) => {
      const before = cursor === undefined ? undefined : decodeCursor(cursor)
      const rows = await listSchedules(ctx.db, { accountId, before, limit: limit + 1 })
      const isSuspended = (await accessOf(ctx.db, accountId)) === 'suspended'
      const page = rows.slice(0, limit).map((row) => (isSuspended ? whileSuspended(row) : row))
      const last = page.at(-1)
      return { schedules: page.map(toSchedule), nextCursor: rows.length > limit && last ? encodeCursor(last) : null }
    }),
    create: contracted.call(create).mutation(({ ctx: { caller }, input }) => createSchedule(ctx, caller, input)),
    update: contracted.call(update).mutation(({ ctx: { caller }, input }) => updateSchedule(ctx, caller, input)),
    pause: contracted
      .call(pause)
      .mutation(({ ctx: { caller }, input }) => pauseSchedule(ctx, caller, input.scheduleId)),
    resume: contracted
      .call(resume)
      .mutation(({ ctx: { caller }, input }) => resumeSchedule(ctx, caller, input.scheduleId)),
    delete: contracted.call(remove).mutation(async ({ ctx: { caller }, input }) => {
      await deleteSchedule(ctx, caller, input.scheduleId)
      return {}
    }),
    preview: contracted.call(preview).query(({ input }) => {
      const now = ctx.clock.now()
      const times = nextTimes({ ...input, anchorAt: now }, { after: now, count: 5 })
      return { times: times.map((at) => at.toISOString()) }
    }),
  }
}
