import { procedures } from '@standin/contracts'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import type { Contracted } from '../http/trpc.ts'
import { decodeCursor, encodeCursor } from '../runs/run-cursor.ts'
import type { createManageSchedules } from './manage-schedules.ts'
import { nextTimes } from './next-times.ts'
import { listSchedules, toSchedule } from './schedule-store.ts'

interface Dependencies {
  contracted: Contracted
  db: Database
  clock: Clock
  manage: ReturnType<typeof createManageSchedules>
}

export function createScheduleProcedures({ contracted, db, clock, manage }: Dependencies) {
  return {
    list: contracted.call(procedures.schedule.list).query(async ({ ctx: { accountId }, input: { cursor, limit } }) => {
      const before = cursor === undefined ? undefined : decodeCursor(cursor)
      const rows = await listSchedules(db, { accountId, before, limit: limit + 1 })
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      return { schedules: page.map(toSchedule), nextCursor: rows.length > limit && last ? encodeCursor(last) : null }
    }),
    create: contracted.call(procedures.schedule.create).mutation(({ ctx, input }) => manage.create(ctx.caller, input)),
    update: contracted.call(procedures.schedule.update).mutation(({ ctx, input }) => manage.update(ctx.caller, input)),
    pause: contracted
      .call(procedures.schedule.pause)
      .mutation(({ ctx, input }) => manage.pause(ctx.caller, input.scheduleId)),
    resume: contracted
      .call(procedures.schedule.resume)
      .mutation(({ ctx, input }) => manage.resume(ctx.caller, input.scheduleId)),
    delete: contracted.call(procedures.schedule.delete).mutation(async ({ ctx, input }) => {
      await manage.delete(ctx.caller, input.scheduleId)
      return {}
    }),
    preview: contracted.call(procedures.schedule.preview).query(({ input }) => {
      const now = clock.now()
      const times = nextTimes({ ...input, anchorAt: now }, { after: now, count: 5 })
      return { times: times.map((at) => at.toISOString()) }
    }),
  }
}
