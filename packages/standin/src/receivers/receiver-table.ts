import type { Receiver, Run, TrustedKind } from '@standin/contracts'
import { index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { moment } from '../database/moment.ts'

/** Domains to which an account's results may be sent, as its administrators listed them. Ages: erased with the account. */
export const trustedDomains = pgTable(
  'trusted_domains',
  {
    accountId: uuid().notNull(),
    kind: text().$type<TrustedKind>().notNull(),
    domain: text().notNull(),
    addedBy: jsonb().$type<Run['startedBy']>().notNull(),
    addedAt: moment().notNull(),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.kind, table.domain] })],
)

/**
 * Email addresses that were asked, confirmed or withdrawn. One in a trusted domain has no row until it is withdrawn. Ages:
 * those that never answered are deleted when the next one is asked; the others are erased with the account.
 */
export const receivers = pgTable(
  'receivers',
  {
    accountId: uuid().notNull(),
    /** As `receiverAddress` writes it. */
    address: text().notNull(),
    /** The address without its `+tag`: questions to one mailbox are counted together. */
    mailbox: text().notNull(),
    state: text().$type<Receiver['state']>().notNull(),
    /** The id of the link that confirms it; null once the link was used. */
    askId: uuid(),
    askedAt: moment(),
    /** Emails that asked it since its last answer. */
    asks: integer().notNull().default(0),
    answeredAt: moment(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.address] }),
    index('receivers_of_mailbox').on(table.accountId, table.mailbox),
    index('receivers_asked').on(table.accountId, table.askedAt),
  ],
)
