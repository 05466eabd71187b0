import type { MachineFilter } from '@standin/contracts'
import { sql } from 'drizzle-orm'
import { jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { moment } from '../../database/moment.ts'

/** Filters that an account saved under a name. Ages: erased with the account, which may save a bounded number. */
export const savedFilters = pgTable(
  'saved_filters',
  {
    id: uuid().notNull().defaultRandom(),
    accountId: uuid().notNull(),
    name: text().notNull(),
    filter: jsonb().$type<MachineFilter>().notNull(),
    savedAt: moment().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.id] }),
    uniqueIndex('saved_filters_name').on(table.accountId, sql`lower(${table.name})`),
  ],
)
