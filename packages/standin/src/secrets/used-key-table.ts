import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core'

/** Every key that a server has written with. One row for each. Ages: rows of retired keys are deleted when a server starts. */
export const usedKeys = pgTable(
  'used_keys',
  {
    ring: text({ enum: ['encryption', 'audit'] }).notNull(),
    kid: text().notNull(),
    /** Identifies the key's bytes without revealing them. */
    fingerprint: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.ring, table.kid] })],
)
