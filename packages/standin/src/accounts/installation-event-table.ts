import type { AccountEvent } from '@standin/contracts'
import { sql } from 'drizzle-orm'
import { bigint, index, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { moment } from '../database/moment.ts'

const type = () => text().$type<AccountEvent['type']>().notNull()

/**
 * Events of an account, written with the change itself. They have no number yet: a counter over all accounts would be a
 * lock over all accounts. Ages: a row goes when a reader of the feed numbers it, or the hourly sweep.
 */
export const unnumberedEvents = pgTable(
  'unnumbered_events',
  {
    accountId: uuid().notNull(),
    /** Orders the events of one account, whose row is locked while they are written. */
    recordedAt: timestamp({ withTimezone: true }).notNull().default(sql`clock_timestamp()`),
    type: type(),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.recordedAt, table.type] })],
)

/**
 * The feed for services, in the order of commits. It belongs to no account. Ages: like the audit, after
 * `AUDIT_RETENTION_DAYS` all but the newest are deleted, which keeps its number so that none is given twice.
 */
export const installationEvents = pgTable(
  'installation_events',
  {
    seq: bigint({ mode: 'number' }).primaryKey(),
    at: moment().notNull(),
    accountId: uuid().notNull(),
    type: type(),
  },
  (table) => [index('installation_events_account').on(table.accountId, table.seq)],
)
