import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

/** Work that one replica does for all: when it is next due. Ages: never; a row for each kind of work. */
export const sweeps = pgTable('sweeps', {
  name: text().primaryKey(),
  nextAt: timestamp({ withTimezone: true, precision: 3 }).notNull(),
  /** The replica that does it now. Another one takes over if it dies or is silent. */
  holder: integer(),
})
