import { integer, pgTable, timestamp } from 'drizzle-orm/pg-core'

/** One row, written by whichever replica asks whether the database commits. Ages: never; it does not grow. */
export const heartbeats = pgTable('heartbeats', {
  id: integer().primaryKey(),
  at: timestamp({ withTimezone: true }).notNull(),
})
