import { doublePrecision, pgTable, text } from 'drizzle-orm/pg-core'

/** When the next turn of a shared rate is. Ages: never; one row for each rate, which belongs to no account. */
export const sharedTurns = pgTable('shared_turns', {
  name: text().primaryKey(),
  /** Milliseconds since 1970, by the database's clock. */
  nextAtMs: doublePrecision().notNull(),
})
