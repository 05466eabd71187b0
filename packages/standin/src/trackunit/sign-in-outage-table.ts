import { boolean, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { moment } from '../database/moment.ts'

/**
 * The state of Trackunit's sign-in for all accounts: a row from the first failure on, none while it answers. If `since` is
 * set it is down, and only one probe at a time is sent. Ages: never; one row.
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

/**
 * The last client that got a token from Trackunit's sign-in. Refusals of another client are evidence only while it is recent.
 * Ages: never; one row.
 */
export const signInSuccesses = pgTable('sign_in_successes', {
  /** At most one row. */
  isOnlyRow: boolean().primaryKey().default(true),
  clientId: text().notNull(),
  at: moment().notNull(),
})
