import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { moment } from './moment.ts'

/**
 * Work that one replica does for all: when it is next due. Ages: never; a row for each kind of work, and one for each audit key under
 * which rows were signed again.
 */
export const sweeps = pgTable('sweeps', {
  name: text().primaryKey(),
  nextAt: moment().notNull(),
  /** The replica that does it now. Another one takes over if it dies or is silent. */
  holder: integer(),
})
