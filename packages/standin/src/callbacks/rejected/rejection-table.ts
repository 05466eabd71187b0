import type { ErrorReason } from '@standin/contracts'
import { bigint, bigserial, date, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { moment } from '../../database/moment.ts'

/** How many callbacks were refused on a day, by reason. Ages: 30 days are kept. */
export const rejectionCounts = pgTable(
  'rejection_counts',
  {
    day: date().notNull(),
    reason: text().$type<ErrorReason>().notNull(),
    count: bigint({ mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.reason] })],
)

/** What a refused request looked like, without its body and its JWT. */
export interface RejectionDetails {
  address: string
  mediaType?: string
  bodyBytes?: number
  algorithm?: string
  keyId?: string
  /** Of the JWT, which may be forged. */
  claimNames?: string[]
}

/** Samples of the newest refused callbacks. Ages: 200 are kept. */
export const rejectionSamples = pgTable('rejection_samples', {
  id: bigserial({ mode: 'number' }).primaryKey(),
  at: moment().notNull(),
  reason: text().$type<ErrorReason>().notNull(),
  details: jsonb().$type<RejectionDetails>().notNull(),
})
