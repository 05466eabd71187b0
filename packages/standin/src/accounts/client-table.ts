import { pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

/**
 * The accounts that each client id was proven for, since it must not serve another one. Written with the proof. Ages: never;
 * credentials that were in force are kept as history.
 */
export const provenClients = pgTable(
  'proven_clients',
  { clientId: text().notNull(), accountId: uuid().notNull() },
  (table) => [primaryKey({ columns: [table.clientId, table.accountId] })],
)
