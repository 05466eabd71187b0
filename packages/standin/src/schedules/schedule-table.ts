import type { ErrorReason } from '@standin/contracts'
import { sql } from 'drizzle-orm'
import { index, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { awaitsAccount } from '../accounts/account-table.ts'
import { moment } from '../database/moment.ts'
import type { ScheduledDestination } from './scheduled-destinations.ts'

/** Who created a schedule, and so with whose rights its runs start. */
export type Creator =
  | { kind: 'user'; id: string; name: string | null; scopes?: readonly string[] | undefined }
  | { kind: 'service'; service: string; keyId: string }

/**
 * When runs start without a person. Ages: never; an account may have a bounded number, people delete theirs, and erasing the
 * account takes them.
 */
export const schedules = pgTable(
  'schedules',
  {
    id: uuid().notNull().defaultRandom(),
    accountId: uuid().notNull(),
    actionId: text().notNull(),
    input: jsonb().$type<Record<string, unknown>>().notNull(),
    recurrence: text().notNull(),
    timeZone: text().notNull(),
    unitSystem: text({ enum: ['metric', 'imperial'] }),
    language: text(),
    accountName: text(),
    deliverTo: jsonb().$type<ScheduledDestination[]>().notNull(),
    state: text({ enum: ['active', 'paused'] }).notNull(),
    reason: text().$type<ErrorReason>(),
    anchorAt: moment().notNull(),
    /** The planned time of the next run; null while paused, and when the recurrence has ended. */
    nextAt: moment(),
    /** When a start is attempted: at the planned time, or later after a failure that may pass. */
    dueAt: moment(),
    awaitsAccount: awaitsAccount(),
    /** When it ends, because Standin cannot know whether an absent user still has their rights. Null for a service's schedule. */
    endsAt: moment(),
    /** When the end is announced next; null afterwards. */
    noticeDueAt: moment(),
    lastRunId: uuid(),
    createdBy: jsonb().$type<Creator>().notNull(),
    createdAt: moment().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.id, table.accountId] }), // In this order: services name a schedule by its id alone.
    index('schedules_newest').on(table.accountId, table.createdAt, table.id),
    index('schedules_ending').on(table.endsAt).where(sql`${table.state} = 'active'`),
    index('schedules_due').on(table.dueAt).where(sql`${table.state} = 'active' and not ${table.awaitsAccount}`),
    index('schedules_awaiting_account').on(table.accountId).where(sql`${table.awaitsAccount}`),
  ],
)

/** Schedules that a user does not want to be offered again. Ages: erased with the account. */
export const declinedOffers = pgTable(
  'declined_offers',
  {
    accountId: uuid().notNull(),
    userId: text().notNull(),
    actionId: text().notNull(),
    declinedAt: moment().notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.userId, table.actionId] })],
)
