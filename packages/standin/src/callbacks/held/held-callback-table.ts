import type { ErrorReason } from '@standin/contracts'
import { index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { moment } from '../../database/moment.ts'

/**
 * Refused callbacks that may be genuine. `held`: verified, but broke another rule. `unverified`: came while its signature
 * could not be verified. Ages: bounded in number; held ones are deleted after 30 days, unverified ones after one.
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
    /** The sender's, as the server saw it. */
    address: text().notNull(),
    receivedAt: moment().notNull(),
    /** The account that the body names, unproven. */
    accountId: uuid(),
    /** JWE: the JWT and the body, bound to this row. */
    sealed: text().notNull(),
  },
  (table) => [
    uniqueIndex('held_callbacks_content').on(table.identityDigest, table.contentDigest),
    index('held_callbacks_state').on(table.state, table.receivedAt),
  ],
)
