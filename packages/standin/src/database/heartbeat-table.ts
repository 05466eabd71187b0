import { bigint, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'

/**
 * One row, written by whichever replica asks whether the database commits. Ages: never; it does not grow.
 * Each replica remembers the highest number that it saw committed. A database with a lower one has lost commits.
 */
export const heartbeats = pgTable('heartbeats', {
  id: integer().primaryKey(),
  at: timestamp({ withTimezone: true }).notNull(),
  /** Numbers are comparable within a history. It is new after each `database after-restore`. */
  history: uuid().notNull().defaultRandom(),
  beats: bigint({ mode: 'number' }).notNull().default(1),
  /** When a replica found that the database had lost committed data, and how. From then on no replica serves. */
  foundBehindAt: timestamp({ withTimezone: true }),
  foundBehindBy: text(),
})
