import { bigint, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { moment } from '../database/moment.ts'

/**
 * What refused user tokens contained: algorithms, issuers, audiences, names of claims. Unverified: they only help to find
 * the settings. Ages: bounded in number and length; the rarest are deleted.
 */
export const observedTokens = pgTable(
  'observed_tokens',
  {
    kind: text({ enum: ['algorithm', 'issuer', 'audience', 'claim'] }).notNull(),
    value: text().notNull(),
    /** For a claim, the kind of value that it has, never the value. */
    form: text().notNull(),
    count: bigint({ mode: 'number' }).notNull(),
    lastAt: moment().notNull(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.value, table.form] })],
)
