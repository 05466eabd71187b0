import { pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

/**
 * A directory over all accounts: which of them a client id was proven for, since it must not serve another one. A row for
 * each, written with the proof. Ages: never; it lives as long as the account: credentials that were in force are kept as history.
 */
export const provenClients = pgTable(
  'proven_clients',
  { clientId: text().notNull(), accountId: uuid().notNull() },
  (table) => [primaryKey({ columns: [table.clientId, table.accountId] })],
)
