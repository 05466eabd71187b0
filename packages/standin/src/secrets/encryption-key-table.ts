import { pgTable, text } from 'drizzle-orm/pg-core'

/** Every encryption key that a server has written with. One row for each; rows of retired keys go when a server starts. */
export const encryptionKeys = pgTable('encryption_keys', {
  kid: text().primaryKey(),
  /** Recognises the key's bytes and reveals nothing of them. */
  fingerprint: text().notNull(),
})
