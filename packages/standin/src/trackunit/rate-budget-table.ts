import { index, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { moment } from '../database/moment.ts'
import type { BudgetState } from './rate-budget.ts'

/**
 * What requests have used of Trackunit's limits, shared by all replicas: a row for each limit of each account. Ages: deleted
 * after 32 days without a request.
 */
export const rateBudgets = pgTable(
  'rate_budgets',
  {
    accountId: uuid().notNull(),
    key: text().notNull(),
    state: jsonb().$type<BudgetState>().notNull(),
    updatedAt: moment().notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.key] }), index('rate_budgets_by_age').on(table.updatedAt)],
)
