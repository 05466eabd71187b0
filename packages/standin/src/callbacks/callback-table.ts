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
    /** Whether the JWT named this account, and by which claims; names only, for `identity observed`. */
    claimNames: text().array().notNull(),
  },
  (table) => [index().on(table.accountId, table.receivedAt), index().on(table.contentDigest)],
)
