import { index, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import type { BudgetState } from './rate-budget.ts'

/** What requests have used of Trackunit's limits, shared by all replicas: a row for each limit of each account, and one for all. */
export const rateBudgets = pgTable(
  'rate_budgets',
  {
    key: text().primaryKey(),
    /** Null for the limit over all accounts. */
    accountId: uuid(),
    state: jsonb().$type<BudgetState>().notNull(),
    updatedAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
  },
  (table) => [index('rate_budgets_by_account').on(table.accountId), index('rate_budgets_by_age').on(table.updatedAt)],
)
