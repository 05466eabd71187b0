import { integer, pgTable, timestamp } from 'drizzle-orm/pg-core'

/** One row, written by whichever replica asks whether the database commits. It never grows. */
export const heartbeats = pgTable('heartbeats', {
  id: integer().primaryKey(),
  at: timestamp({ withTimezone: true }).notNull(),
})
