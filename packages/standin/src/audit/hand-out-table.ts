import { sql } from 'drizzle-orm'
import {
  bigint,
  date,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'

/**
 * Whose tokens left, to whom: written once for each token and receiver by each writer, before the first entry. Never a token.
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
    /** Given when it was spooled, where it left while the database was down: then it is one entry, once. */
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
 * Tokens of one kind that left together: one row, whose place in the chain is that of its last entry. Ages: dropped by the
 * month, after `AUDIT_RETENTION_DAYS`.
 */
export const handOutGroups = pgTable(
  'hand_out_groups',
  {
    month: date().notNull(),
    writer: text().notNull(),
    seq: bigint({ mode: 'number' }).notNull(),
    kind: bigint({ mode: 'number' }).notNull(),
    accountId: uuid().notNull(),
    /** When the last of them left. */
    at: timestamp({ withTimezone: true, precision: 3 }).notNull(),
    /** One for each, as `hand-out-entries.ts` says: how long before `at` it left, and its check. */
    entries: bigint({ mode: 'number' }).array().notNull(),
    /** The key that signed the row, and HMAC over it and the MAC before. */
    kid: text().notNull(),
    mac: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.month, table.writer, table.seq] }),
    index('hand_out_groups_account').on(table.accountId, table.at),
  ],
)
