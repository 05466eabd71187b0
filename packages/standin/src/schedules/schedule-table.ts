import type { Destination, ErrorReason } from '@standin/contracts'
import { sql } from 'drizzle-orm'
import { index, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'

/** Who made a schedule, and so in whose right its runs are started. */
export type Creator =
  | { kind: 'user'; id: string; name: string | null; scopes?: readonly string[] | undefined }
  | { kind: 'service'; service: string; keyId: string }

const moment = () => timestamp({ withTimezone: true, precision: 3 })

export const schedules = pgTable(
  'schedules',
  {
    id: uuid().primaryKey().defaultRandom(),
    accountId: uuid().notNull(),
    actionId: text().notNull(),
    input: jsonb().$type<Record<string, unknown>>().notNull(),
    recurrence: text().notNull(),
    timeZone: text().notNull(),
    unitSystem: text({ enum: ['metric', 'imperial'] }),
    deliverTo: jsonb().$type<Destination[]>().notNull(),
    state: text({ enum: ['active', 'paused'] }).notNull(),
    reason: text().$type<ErrorReason>(),
    anchorAt: moment().notNull(),
    /** The planned moment of the next run; null while it is paused, and when the recurrence has ended. */
    nextAt: moment(),
    /** When it is looked at: at the planned moment, or later where starting failed for a passing reason. */
    dueAt: moment(),
    lastRunId: uuid(),
    createdBy: jsonb().$type<Creator>().notNull(),
    createdAt: moment().notNull().defaultNow(),
  },
  (table) => [
    index('schedules_newest').on(table.accountId, table.createdAt.desc(), table.id.desc()),
    index('schedules_due').on(table.dueAt).where(sql`${table.state} = 'active'`),
  ],
)
