import { bigserial, index, integer, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'

/** Who did what, for which account: every change and every token that left. Never a secret, never a token. */
export const auditEntries = pgTable(
  'audit_entries',
  {
    id: bigserial({ mode: 'number' }).primaryKey(),
    at: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
    actorKind: text({ enum: ['trackunit', 'user', 'service', 'operator', 'system'] }).notNull(),
    actorId: text().notNull(),
    event: text().notNull(),
    accountId: uuid(),
    generation: integer(),
    details: jsonb().$type<Record<string, unknown>>().notNull(),
  },
  (table) => [index().on(table.accountId, table.id)],
)
