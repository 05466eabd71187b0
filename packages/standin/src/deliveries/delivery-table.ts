import type { Delivery, Destination, ErrorReason } from '@standin/contracts'
import { type AnyColumn, sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { awaitsAccount } from '../accounts/account-table.ts'
import { moment } from '../database/moment.ts'
import { goesWithRun } from '../runs/run-table.ts'

/** When a delivery ended, or is tried next: those that wait or ended last come first in lists. */
export const listedAt = ({ endedAt, nextTryAt }: Record<'endedAt' | 'nextTryAt', AnyColumn>) =>
  sql`coalesce(${endedAt}, ${nextTryAt}) desc nulls last`

/** Deliveries of results: inserted when a run ends, one for each destination. Ages: with its run. */
export const deliveries = pgTable(
  'deliveries',
  {
    accountId: uuid().notNull(),
    runId: uuid().notNull(),
    position: integer().notNull(),
    destination: jsonb().$type<Destination>().notNull(),
    state: text().$type<Delivery['state']>().notNull().default('waiting'),
    reason: text().$type<ErrorReason>(),
    attempts: integer().notNull().default(0),
    isSending: boolean().notNull().default(false),
    /** While an attempt is in flight: when another replica may try, in case this one has died. */
    nextTryAt: moment(),
    lastTryAt: moment(),
    awaitsAccount: awaitsAccount(),
    endedAt: moment(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.runId, table.position] }),
    goesWithRun(table),
    index('deliveries_due').on(table.nextTryAt).where(sql`${table.state} = 'waiting' and not ${table.awaitsAccount}`),
    index('deliveries_awaiting_account').on(table.accountId).where(sql`${table.awaitsAccount}`),
    // An account has at most one send under way on all replicas: a receiver that stalls holds up only its own account.
    uniqueIndex('deliveries_sending').on(table.accountId).where(sql`${table.state} = 'waiting' and ${table.isSending}`),
    index('deliveries_failed').on(table.accountId, table.endedAt).where(sql`${table.state} = 'failed'`),
    // For the operator's lists.
    index('deliveries_by_state').on(table.state, listedAt(table), table.runId, table.position),
    index('deliveries_of_account').on(table.accountId, table.lastTryAt),
  ],
)

/** The secrets that sign the webhooks of accounts. Ages: erased with the account, of which each has one at most. */
export const signingSecrets = pgTable('signing_secrets', {
  accountId: uuid().primaryKey(),
  sealedSecret: text().notNull(),
  createdAt: moment().notNull().defaultNow(),
})
