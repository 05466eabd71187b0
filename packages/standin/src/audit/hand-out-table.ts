import { sql } from 'drizzle-orm'
import { bigint, date, index, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { moment } from '../database/moment.ts'

/**
 * Whose tokens were handed out, and to whom: written once for each token and receiver by each writer, with the first entry. Never a token.
 * Ages: dropped by the month, together with the groups (`retain-hand-outs.ts`).
 */
export const handOutKinds = pgTable(
  'hand_out_kinds',
  {
    month: date().notNull(),
    /** Whose chain it is: `<process>/hand-outs/<month>`. */
    writer: text().notNull(),
    /** The place of the first entry of this kind in the chain. */
    no: bigint({ mode: 'number' }).notNull(),
    accountId: uuid().notNull(),
    generation: integer().notNull(),
    actorKind: text({ enum: ['service', 'system'] }).notNull(),
    actorId: text().notNull(),
    /** The service's key. */
    key: text(),
    scopes: text().array().notNull(),
    fingerprint: text().notNull(),
    /** For a hand-out made while the database was down: the id it got in the spool, so that it is recorded only once. */
    leftAs: uuid(),
    kid: text().notNull(),
    mac: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.month, table.writer, table.no] }),
    index('hand_out_kinds_account').on(table.accountId, table.generation),
    uniqueIndex('hand_out_kinds_left').on(table.month, table.leftAs).where(sql`${table.leftAs} is not null`),
  ],
)

/**
 * Hand-outs of one kind that were recorded together. The row's place in the chain is that of its last entry. Ages: dropped by
 * the month, after `AUDIT_RETENTION_DAYS`.
 */
export const handOutGroups = pgTable(
  'hand_out_groups',
  {
    month: date().notNull(),
    writer: text().notNull(),
    seq: bigint({ mode: 'number' }).notNull(),
    kind: bigint({ mode: 'number' }).notNull(),
    accountId: uuid().notNull(),
    /** When the last of them was made. */
    at: moment().notNull(),
    /** One for each hand-out: how long before `at` it was, and its check (`hand-out-entries.ts`). */
    entries: bigint({ mode: 'number' }).array().notNull(),
    /** The key that signed the row, and the HMAC over the previous MAC and this row. */
    kid: text().notNull(),
    mac: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.month, table.writer, table.seq] }),
    index('hand_out_groups_account').on(table.accountId, table.at),
  ],
)
