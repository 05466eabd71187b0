import { sql } from 'drizzle-orm'
import { doublePrecision, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { moment } from '../database/moment.ts'

/** The newest token of each account and scope set. Ages: an account keeps eight scope sets; they are erased with it. */
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
    expiresAt: moment().notNull(),
    lifetimeMs: doublePrecision().notNull(),
    issuedAt: moment().notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.scopeKey] })],
)

/**
 * Who exchanges a token now, when it is due for a refresh, when it was last used. A table of its own because these rows are
 * written often and a sealed token is long. Ages: with the tokens.
 */
export const tokenLeases = pgTable(
  'token_leases',
  {
    accountId: uuid().notNull(),
    /** The scopes, sorted and joined by spaces. */
    scopeKey: text().notNull(),
    generation: integer().notNull(),
    /** The replica that exchanges; 0 is a replica that lost its session. Null while there is no exchange. */
    holder: integer(),
    /** Grows each time the lease is taken: nothing is written under an older fence. */
    fence: integer().notNull(),
    leaseUntil: moment(),
    /** The last exchange that was made because an API had refused the token. */
    forcedAt: moment(),
    /** When the token is to be refreshed in the background; null while it is not in use. */
    refreshAt: moment(),
    lifetimeMs: doublePrecision(),
    lastUsedAt: moment().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.scopeKey] }),
    index('token_leases_due').on(table.refreshAt).where(sql`${table.refreshAt} is not null`),
  ],
)
