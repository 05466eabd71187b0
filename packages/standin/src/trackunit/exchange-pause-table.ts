import { integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { moment } from '../database/moment.ts'
import type { ExchangeFailure } from './failure-policy.ts'

/**
 * Until when Trackunit is not asked for a token again, and why. Ages: a row is deleted when an exchange succeeds, or with the
 * account's tokens.
 */
export const exchangePauses = pgTable(
  'exchange_pauses',
  {
    accountId: uuid().notNull(),
    /** A scope set, or the empty string for the whole account. */
    scopeKey: text().notNull(),
    generation: integer().notNull(),
    failure: text().$type<ExchangeFailure>().notNull(),
    inARow: integer().notNull(),
    failingSince: moment().notNull(),
    until: moment().notNull(),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.scopeKey] })],
)
