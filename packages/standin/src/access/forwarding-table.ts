import { bigint, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { moment } from '../database/moment.ts'

/**
 * How requests were forwarded, by hour: `doctor` compares it with `TRUST_PROXY`. Counts only, no address. Ages: rows older
 * than a day are deleted when newer ones are written.
 */
export const forwardedRequests = pgTable(
  'forwarded_requests',
  {
    hour: moment().notNull(),
    /** `TRUST_PROXY` at that time; empty if it was not set. */
    setting: text().notNull(),
    /** Addresses in their X-Forwarded-For. */
    addresses: integer().notNull(),
    count: bigint({ mode: 'number' }).notNull(),
    /** How many of them had their header ignored: they count for the address of their connection. */
    ignored: bigint({ mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.hour, table.setting, table.addresses] })],
)
