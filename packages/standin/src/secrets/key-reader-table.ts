import { integer, pgTable, text } from 'drizzle-orm/pg-core'

/**
 * Which encryption keys each replica has. A row counts only while that replica's session is there. Ages: rows of replicas
 * that are gone are deleted when one starts.
 */
export const encryptionKeyReaders = pgTable('encryption_key_readers', {
  replicaId: integer().primaryKey(),
  /** The one that writes. */
  writes: text().notNull(),
  /** All that it can open with, the one that writes too. */
  reads: text().array().notNull(),
})
