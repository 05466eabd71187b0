import { integer, pgTable, text } from 'drizzle-orm/pg-core'

/**
 * Which encryption keys each replica has. A row counts only while that replica has a session. Ages: rows of replicas
 * that are gone are deleted when one starts.
 */
export const encryptionKeyReaders = pgTable('encryption_key_readers', {
  replicaId: integer().primaryKey(),
  /** The one that writes. */
  writes: text().notNull(),
  /** All keys that it can read with, including the one that writes. */
  reads: text().array().notNull(),
})
