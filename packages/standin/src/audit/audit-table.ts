import { sql } from 'drizzle-orm'
import {
  bigint,
  bigserial,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { moment } from '../database/moment.ts'

/**
 * Who did what, for which account. Hand-outs of tokens are in `hand-out-table.ts`. Never a secret, never a token. Ages:
 * dropped after `AUDIT_RETENTION_DAYS`; a signed checkpoint marks where the rest begins.
 */
export const auditEntries = pgTable(
  'audit_entries',
  {
    id: bigserial({ mode: 'number' }).primaryKey(),
    at: moment().notNull().defaultNow(),
    actorKind: text({ enum: ['trackunit', 'user', 'service', 'operator', 'schedule', 'system'] }).notNull(),
    actorId: text().notNull(),
    actorName: text(),
    event: text().notNull(),
    accountId: uuid(),
    generation: integer(),
    details: jsonb().$type<Record<string, unknown>>().notNull(),
    /** Assigned by the writer, so that the same entry cannot be there twice. */
    entryId: uuid(),
    /** The key that signed the row, and the HMAC over the row alone, before it is in a chain. */
    kid: text(),
    entryMac: text(),
    /** Its place in a chain, once it has one: the writer, the sequence number, and the HMAC over the previous MAC and this row. */
    writer: text(),
    writerSeq: bigint({ mode: 'number' }),
    chainKid: text(),
    chainMac: text(),
  },
  (table) => [
    // What people see of their account. A run can leave ten thousand rows of single changes, which are looked up by their run.
    index('audit_entries_shown').on(table.accountId, table.at, table.id).where(sql`${table.event} not like 'change.%'`),
    index('audit_entries_changes')
      .on(sql`(${table.details} ->> 'runId')`, table.at, table.id)
      .where(sql`${table.event} like 'change.%'`),
    uniqueIndex('audit_entries_entry').on(table.entryId),
    uniqueIndex('audit_entries_chain').on(table.writer, table.writerSeq),
    index('audit_entries_unchained').on(table.id).where(sql`${table.writer} is null`),
  ],
)

/**
 * Under which names processes write their chains, each leased by one process at a time (`writer-slot.ts`). Ages: never; there
 * are as many as processes ever ran at the same time.
 */
export const auditWriters = pgTable('audit_writers', {
  slot: integer().primaryKey(),
  /** The process that took it last. */
  holder: uuid().notNull(),
  leasedUntil: timestamp({ withTimezone: true }).notNull(),
})

/**
 * The last row of each chain, signed, so that a chain that was cut off at its end is noticed. Ages: the head of a chain of
 * hand-outs is dropped with its month; that of a chain of changes stays, one for each writer, as evidence of dropped rows.
 */
export const auditHeads = pgTable('audit_heads', {
  writer: text().primaryKey(),
  seq: bigint({ mode: 'number' }).notNull(),
  mac: text().notNull(),
  /** The time of that row. */
  at: moment().notNull(),
  kid: text().notNull(),
  signature: text().notNull(),
})

/** Where a chain begins after its older rows were dropped, signed. Ages: never; one for each writer and dropped month. */
export const auditCheckpoints = pgTable('audit_checkpoints', {
  writer: text().primaryKey(),
  seq: bigint({ mode: 'number' }).notNull(),
  mac: text().notNull(),
  /** All dropped rows were older than this. */
  at: moment().notNull(),
  kid: text().notNull(),
  signature: text().notNull(),
})
