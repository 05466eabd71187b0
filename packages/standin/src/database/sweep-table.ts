import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

/** Work that one replica at a time does for all: when it is due next. Ages: never; a row for each kind of work. */
export const sweeps = pgTable('sweeps', {
  name: text().primaryKey(),
  nextAt: timestamp({ withTimezone: true, precision: 3 }).notNull(),
  /** The replica that does it now: another one takes over once that has died or is silent. */
  holder: integer(),
})
