import type { ErrorReason } from '@standin/contracts'
import { index, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core'

/**
 * Callbacks that serve nobody and are not thrown away: `held` ones were verified and broke another rule, `unverified`
 * ones came while it could not be told who had signed them.
 */
export const heldCallbacks = pgTable(
  'held_callbacks',
  {
    id: uuid().primaryKey(),
    state: text({ enum: ['held', 'unverified'] }).notNull(),
    /** The rule that it broke. */
    reason: text().$type<ErrorReason>().notNull(),
    identityDigest: text().notNull(),
    contentDigest: text().notNull(),
    /** Where it came from, as the server saw it. */
    address: text().notNull(),
    receivedAt: timestamp({ withTimezone: true, precision: 3 }).notNull(),
    /** The account that the body names, if it is one. */
    accountId: uuid(),
    /** JWE: the JWT and the body, bound to this row. */
    sealed: text().notNull(),
  },
  (table) => [
    uniqueIndex('held_callbacks_content').on(table.identityDigest, table.contentDigest),
    index('held_callbacks_state').on(table.state, table.receivedAt),
  ],
)
