import type { InstallationEvent } from '@standin/contracts'
import { sql } from 'drizzle-orm'
import { bigint, bigserial, index, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core'

/**
 * Events for services: written with the change itself, numbered once it is committed. They age like the audit: after
 * `AUDIT_RETENTION_DAYS` all but the newest are deleted, which keeps its number so that none is given twice.
 */
export const installationEvents = pgTable(
  'installation_events',
  {
    id: bigserial({ mode: 'number' }).primaryKey(),
    /** In the order of commits; null until then. */
    seq: bigint({ mode: 'number' }),
    at: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
    accountId: uuid().notNull(),
    type: text().$type<InstallationEvent['type']>().notNull(),
  },
  (table) => [
    uniqueIndex('installation_events_seq').on(table.seq),
    index('installation_events_unnumbered').on(table.id).where(sql`${table.seq} is null`),
    index('installation_events_account').on(table.accountId, table.seq),
  ],
)
