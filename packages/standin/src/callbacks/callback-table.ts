import { index, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'

/** The ledger: every callback that was verified and taken, once for each distinct content and identity time. */
export const callbacks = pgTable(
  'callbacks',
  {
    id: uuid().primaryKey().defaultRandom(),
    accountId: uuid().notNull(),
    appId: text().notNull(),
    type: text().notNull(),
    /** SHA-256 of what was said: the same said again is recognised without opening anything. */
    contentDigest: text().notNull(),
    /** The JWT's time, by which callbacks are ordered. */
    issuedAt: timestamp({ withTimezone: true, precision: 3 }).notNull(),
    receivedAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
    outcome: text({ enum: ['accepted', 'duplicate', 'superseded', 'ignored'] }).notNull(),
    /** The set of credentials that it brought. */
    generation: integer(),
    /** The sealed body of a type that is kept without effect. */
    sealedBody: text(),
    /** Which JWT brought it: what one JWT may bring is bounded. */
    identityDigest: text(),
    /** What the JWT carried, for `identity observed`: of the claims the names alone. */
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
