import { integer, pgTable, text } from 'drizzle-orm/pg-core'

/** How many accounts are in each state, for the metrics: counting reads every account. Ages: never; a row for each state. */
export const accountCounts = pgTable('account_counts', { state: text().primaryKey(), accounts: integer().notNull() })
