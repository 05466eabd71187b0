import type { CredentialState, ErrorReason } from '@standin/contracts'
import { sql } from 'drizzle-orm'
import { boolean, index, integer, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core'

/** Every set of credentials that an account ever sent, by generation. A number is never reused. */
export const credentials = pgTable(
  'credentials',
  {
    accountId: uuid().notNull(),
    generation: integer().notNull(),
    appId: text().notNull(),
    clientId: text().notNull(),
    /** JWE bound to account, app, column and generation; null once erased. */
    sealedSecret: text(),
    /** SHA-256 over account, client id and secret: recognises the same credentials. Null once erased. */
    contentDigest: text(),
    state: text().$type<CredentialState>().notNull(),
    reason: text().$type<ErrorReason>(),
    since: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
    /** The newest time at which these credentials were sent, by the JWT; with `tieBreak` it gives the order. */
    issuedAt: timestamp({ withTimezone: true, precision: 3 }).notNull(),
    tieBreak: text().notNull(),
    /** Whether the identity that brought them named this account. */
    bound: boolean().notNull(),
    /** Whether a JWT brought them that had brought many others and names no account: those of many leave turns to the rest. */
    ofMany: boolean().notNull().default(false),
    /** When an operator let them out of quarantine: that their client serves another account is not held against them. */
    releasedAt: timestamp({ withTimezone: true, precision: 3 }),
    receivedAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
    attempts: integer().notNull().default(0),
    /** The replica that proves them now: once it has died they are due at once. */
    claimedBy: integer(),
    /** When Trackunit was asked last, and did not let them in. */
    triedAt: timestamp({ withTimezone: true, precision: 3 }),
    nextAttemptAt: timestamp({ withTimezone: true, precision: 3 }),
    provenAt: timestamp({ withTimezone: true, precision: 3 }),
    grantedScopes: text().array(),
    /** Of those that are not granted the ones that Trackunit said the account's plan lacks. */
    missingFromPlan: text().array(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.generation] }),
    uniqueIndex('credentials_content').on(table.accountId, table.contentDigest),
    // Whatever the code believes, an account has at most one set of credentials in force.
    uniqueIndex('credentials_in_force').on(table.accountId).where(sql`${table.state} in ('active', 'parked')`),
    index('credentials_due').on(table.ofMany, table.nextAttemptAt).where(sql`${table.nextAttemptAt} is not null`),
    index('credentials_claimed').on(table.claimedBy).where(sql`${table.claimedBy} is not null`),
    index('credentials_client').on(table.clientId),
  ],
)
