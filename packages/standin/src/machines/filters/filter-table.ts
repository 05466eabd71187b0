import type { MachineFilter } from '@standin/contracts'
import { sql } from 'drizzle-orm'
import { jsonb, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core'

/** Filters that an account saved under a name. */
export const savedFilters = pgTable(
  'saved_filters',
  {
    id: uuid().primaryKey().defaultRandom(),
    accountId: uuid().notNull(),
    name: text().notNull(),
    filter: jsonb().$type<MachineFilter>().notNull(),
    savedAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
  },
  (table) => [uniqueIndex('saved_filters_name').on(table.accountId, sql`lower(${table.name})`)],
)
