import { index, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'

/**
 * The ledger: every callback that was verified and applied, once for each distinct content and identity time. An entry
 * lives as long as the credentials that it brought; any other is deleted after `ABANDONED_AFTER_DAYS`.
 */
export const callbacks = pgTable(
  'callbacks',
  {
    id: uuid().primaryKey().defaultRandom(),
    accountId: uuid().notNull(),
    appId: text().notNull(),
    type: text().notNull(),
    /** SHA-256 of the content: recognises a repetition without opening anything. */
    contentDigest: text().notNull(),
    /** The JWT's time, which orders callbacks. */
    issuedAt: timestamp({ withTimezone: true, precision: 3 }).notNull(),
    receivedAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
    outcome: text({ enum: ['accepted', 'duplicate', 'superseded', 'ignored'] }).notNull(),
    /** The credentials that it is about. */
    generation: integer(),
    /** The sealed body of a type that is kept without effect. */
    sealedBody: text(),
    /** Recognises the JWT: how many callbacks may come under one is limited. */
    identityDigest: text(),
    /** What the JWT contained, for `identity observed`: of the claims only the names. */
    claimNames: text().array().notNull(),
    algorithm: text(),
    issuer: text(),
    audiences: text().array(),
  },
  (table) => [
    index().on(table.accountId, table.receivedAt),
    index().on(table.contentDigest),
    index('callbacks_identity').on(table.identityDigest),
    index('callbacks_received').on(table.receivedAt),
  ],
)
