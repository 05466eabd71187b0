import { sql } from 'drizzle-orm'
import { index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { moment } from '../database/moment.ts'

/**
 * The ledger: every callback that was verified and applied, once for each distinct content and identity time. Ages: an entry
 * stays as long as the credentials that it brought (`age-out-store.ts`); any other is deleted after `ABANDONED_AFTER_DAYS`.
 */
export const callbacks = pgTable(
  'callbacks',
  {
    id: uuid().notNull().defaultRandom(),
    accountId: uuid().notNull(),
    appId: text().notNull(),
    type: text().notNull(),
    /** SHA-256 of the content: recognises a repetition without opening anything. */
    contentDigest: text().notNull(),
    /** The JWT's time, which orders callbacks. */
    issuedAt: moment().notNull(),
    receivedAt: moment().notNull().defaultNow(),
    outcome: text({ enum: ['accepted', 'duplicate', 'superseded', 'ignored'] }).notNull(),
    /** The credentials that it is about; null once they are deleted. */
    generation: integer(),
    /** The sealed body of a type that is kept without effect. */
    sealedBody: text(),
    /** What the JWT contained, for `identity observed`: the names of the claims, without their values. */
    claimNames: text().array().notNull(),
    algorithm: text(),
    issuer: text(),
    audiences: text().array(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.id] }),
    index().on(table.accountId, table.receivedAt),
    index().on(table.accountId, table.contentDigest),
    index('callbacks_received').on(table.receivedAt),
    // Only rows that age. The others stay with their credentials, and the sweep never reads them.
    index('callbacks_ageing').on(table.receivedAt).where(sql`${table.generation} is null`),
  ],
)

/**
 * Which callbacks each JWT brought, over all accounts, since their number is limited. It has an entry for each one in the
 * ledger. Ages: deleted after `ABANDONED_AFTER_DAYS`, when the JWT has long expired.
 */
export const callbackIdentities = pgTable(
  'callback_identities',
  {
    /** SHA-256 of the JWT's signed part: the same JWT has the same digest. */
    identityDigest: text().notNull(),
    accountId: uuid().notNull(),
    contentDigest: text().notNull(),
    issuedAt: moment().notNull(),
    receivedAt: moment().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.identityDigest, table.accountId, table.contentDigest, table.issuedAt] }),
    index('callback_identities_received').on(table.receivedAt),
  ],
)
