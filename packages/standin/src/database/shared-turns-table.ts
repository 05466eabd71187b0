import { doublePrecision, pgTable, text } from 'drizzle-orm/pg-core'

/** When the next turn of a rate over all accounts is. It belongs to no account. Ages: never; one row for each rate. */
export const sharedTurns = pgTable('shared_turns', {
  name: text().primaryKey(),
  /** Milliseconds since 1970, by the database's clock. */
  nextAtMs: doublePrecision().notNull(),
})
