import { pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'

/** Service keys. The key itself is shown once and never stored. */
export const serviceKeys = pgTable('service_keys', {
  id: text().primaryKey(),
  service: text().notNull(),
  /** base64url of the SHA-256 of the whole key; 256 random bits need no slow hash. */
  digest: text().notNull().unique(),
  createdAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
  expiresAt: timestamp({ withTimezone: true, precision: 3 }).notNull(),
  revokedAt: timestamp({ withTimezone: true, precision: 3 }),
})

/** What services may do; everything else is refused. */
export const grants = pgTable(
  'grants',
  {
    service: text().notNull(),
    /** An account's id, or `all`. */
    accountId: text().notNull(),
    scopes: text().array().notNull(),
    createdAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.service, table.accountId] })],
)
