import { doublePrecision, integer, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'

/** The newest token of each account and scope set. */
export const accessTokens = pgTable(
  'access_tokens',
  {
    accountId: uuid().notNull(),
    /** The scopes, sorted and joined by spaces. */
    scopeKey: text().notNull(),
    generation: integer().notNull(),
    /** JWE bound to account, app, column and generation. */
    sealedToken: text().notNull(),
    fingerprint: text().notNull(),
    /** By the database's clock, counted from before the exchange. */
    expiresAt: timestamp({ withTimezone: true, precision: 3 }).notNull(),
    lifetimeMs: doublePrecision().notNull(),
    issuedAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.scopeKey] })],
)
