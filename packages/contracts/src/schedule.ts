import { z } from 'zod'
import { accountIdSchema } from './account-id.ts'
import { actionIdSchema } from './action.ts'
import { changedDeliverToSchema, deliverToSchema, shownDestinationSchema } from './deliver-to.ts'
import { errorReasonSchema } from './error-reason-schema.ts'
import { momentSchema } from './moment.ts'
import { accountNameSchema, languageSchema, timeZoneSchema, unitSystemSchema } from './reader-habits.ts'
import { actorSchema, runIdSchema } from './run.ts'
import { lineSchema } from './text.ts'

export const scheduleIdSchema = z.guid().toLowerCase()

/** A recurrence rule without `DTSTART`, at most hourly. @see RFC 5545 §3.3.10 */
export const recurrenceSchema = lineSchema(500).min(1)

const planned = {
  actionId: actionIdSchema,
  input: z.record(lineSchema(100), z.unknown()),
  recurrence: recurrenceSchema,
}
/** Times recur in this zone; results are in it, in these units and this language. By default metric and English. */
const habits = {
  timeZone: timeZoneSchema,
  unitSystem: unitSystemSchema.optional(),
  language: languageSchema.optional(),
  accountName: accountNameSchema.optional(),
}

export const scheduleSchema = z.object({
  id: scheduleIdSchema,
  accountId: accountIdSchema,
  ...planned,
  deliverTo: z.array(shownDestinationSchema),
  timeZone: z.string(),
  unitSystem: unitSystemSchema.nullable(),
  language: z.string().nullable(),
  state: z.enum(['active', 'paused']),
  /**
   * When it is paused unless its author, a user, uses the app before; null for a service's. Two weeks before, the reason
   * `AUTHOR_AWAY` announces it.
   */
  endsAt: momentSchema.nullable(),
  /** Why it is paused, unless a user paused it. */
  reason: errorReasonSchema.nullable(),
  nextAt: momentSchema.nullable(),
  lastRunId: runIdSchema.nullable(),
  createdBy: actorSchema,
  createdAt: momentSchema,
})
/** When runs of an action start, with which input, and where their results go. */
export type Schedule = z.infer<typeof scheduleSchema>

export const createScheduleInputSchema = z.strictObject({
  accountId: accountIdSchema,
  ...planned,
  deliverTo: deliverToSchema,
  ...habits,
})
export const updateScheduleInputSchema = z.strictObject({
  scheduleId: scheduleIdSchema,
  input: planned.input.optional(),
  recurrence: planned.recurrence.optional(),
  timeZone: habits.timeZone.optional(),
  unitSystem: habits.unitSystem,
  language: habits.language,
  accountName: habits.accountName,
  deliverTo: changedDeliverToSchema.optional(),
})
