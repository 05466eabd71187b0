import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { moment } from '../database/moment.ts'
import type { SignedKind } from '../secrets/signed-rows.ts'

/**
 * Service keys. The key itself is shown once and never stored. Ages: never. The operator makes each; one that was revoked or
 * has expired stays, so that the audit's key ids keep a name.
 */
export const serviceKeys = pgTable('service_keys', {
  id: text().primaryKey(),
  service: text().notNull(),
  /** base64url of the SHA-256 of the whole key; 256 random bits need no slow hash. */
  digest: text().notNull().unique(),
  createdAt: moment().notNull().defaultNow(),
  expiresAt: moment().notNull(),
  revokedAt: moment(),
  mac: text().notNull(),
})

/** What services may do; everything else is refused. Ages: never; a row is deleted when the operator removes the grant. */
export const grants = pgTable(
  'grants',
  {
    service: text().notNull(),
    /** An account's id, or `all`. */
    accountId: text().notNull(),
    scopes: text().array().notNull(),
    createdAt: moment().notNull().defaultNow(),
    mac: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.service, table.accountId] })],
)

type SignedKey = Pick<typeof serviceKeys.$inferSelect, 'id' | 'service' | 'digest' | 'expiresAt' | 'revokedAt'>

export const signedKeys: SignedKind<SignedKey> = {
  name: 'service key',
  idOf: ({ id }) => id,
  signed: ({ id, service, digest, expiresAt, revokedAt }) => [
    id,
    service,
    digest,
    expiresAt.toISOString(),
    revokedAt?.toISOString() ?? null,
  ],
}

export const signedGrants: SignedKind<Pick<typeof grants.$inferSelect, 'service' | 'accountId' | 'scopes'>> = {
  name: 'grant',
  idOf: ({ service, accountId }) => `${service} ${accountId}`,
  signed: ({ service, accountId, scopes }) => [service, accountId, scopes],
}
