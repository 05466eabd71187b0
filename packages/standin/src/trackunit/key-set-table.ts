import { jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

/** The last published keys, so that a restart while their endpoint is down does not lose them. */
export const keySets = pgTable('key_sets', {
  url: text().primaryKey(),
  keys: jsonb().$type<Record<string, unknown>[]>().notNull(),
  fetchedAt: timestamp({ withTimezone: true, precision: 3 }).notNull(),
})
