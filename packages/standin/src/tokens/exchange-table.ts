import { sql } from 'drizzle-orm'
import {
  boolean,
  doublePrecision,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'
import type { ExchangeFailure } from '../trackunit/failure-policy.ts'

const moment = () => timestamp({ withTimezone: true, precision: 3 })

/**
 * What moves about a token: who exchanges it now, when it is due, when it was last used. Apart from its sealed text: these
 * rows are written often, and that is long.
 */
export const tokenLeases = pgTable(
  'token_leases',
  {
    accountId: uuid().notNull(),
    /** The scopes, sorted and joined by spaces. */
    scopeKey: text().notNull(),
    generation: integer().notNull(),
    /** The replica that exchanges; 0 is one whose session is lost. Null while none does. */
    holder: integer(),
    /** Grows with each taking: what a holder brings home under an older one is not written. */
    fence: integer().notNull(),
    leaseUntil: moment(),
    /** The last exchange that was made because an API had refused the token. */
    forcedAt: moment(),
    /** When the token is to be replaced in the background; null while nobody uses it. */
    refreshAt: moment(),
    lifetimeMs: doublePrecision(),
    lastUsedAt: moment().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.scopeKey] }),
    index('token_leases_due').on(table.refreshAt).where(sql`${table.refreshAt} is not null`),
  ],
)

/** Until when nobody asks Trackunit for a token again, and why. There is a row only while the last exchange failed. */
export const exchangePauses = pgTable(
  'exchange_pauses',
  {
    accountId: uuid().notNull(),
    /** A scope set, or the empty text for the whole account. */
    scopeKey: text().notNull(),
    generation: integer().notNull(),
    failure: text().$type<ExchangeFailure>().notNull(),
    inARow: integer().notNull(),
    failingSince: moment().notNull(),
    until: moment().notNull(),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.scopeKey] })],
)

/**
 * How Trackunit's sign-in stands for all accounts together: a row from the first failure on, none while it answers. With a
 * `since` it is down, and one probe at a time asks.
 */
export const signInOutages = pgTable('sign_in_outages', {
  /** There is one sign-in, and so at most one row. */
  isOnlyRow: boolean().primaryKey().default(true),
  /** The clients whose requests have failed since the last answer, each once, until there are enough. */
  failedClients: text().array().notNull(),
  lastFailedAt: moment().notNull(),
  since: moment(),
  nextProbeAt: moment(),
  /** Probes that have failed. */
  probes: integer().notNull(),
})
