import { bigint, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'

/**
 * One row, written by the replica that probes the database. Ages: never; it does not grow.
 * Each replica remembers the highest number that it saw committed. A database with a lower number has lost commits.
 */
export const heartbeats = pgTable('heartbeats', {
  id: integer().primaryKey(),
  at: timestamp({ withTimezone: true }).notNull(),
  /** Numbers can be compared within a history. Each `database after-restore` begins a new one. */
  history: uuid().notNull().defaultRandom(),
  beats: bigint({ mode: 'number' }).notNull().default(1),
  /** When a replica found that the database had lost committed data, and how. From then on no replica serves. */
  foundBehindAt: timestamp({ withTimezone: true }),
  foundBehindBy: text(),
})
