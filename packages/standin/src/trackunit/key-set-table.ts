import { json, pgTable, text } from 'drizzle-orm/pg-core'
import { moment } from '../database/moment.ts'
import type { SignedKind } from '../secrets/signed-rows.ts'

/**
 * The last published keys, so that a restart while their endpoint is down does not lose them. Ages: never; one for each
 * endpoint.
 */
export const keySets = pgTable('key_sets', {
  url: text().primaryKey(),
  /** As text, so that what was signed comes back in the same order. */
  keys: json().$type<Record<string, unknown>[]>().notNull(),
  fetchedAt: moment().notNull(),
  mac: text().notNull(),
})

export const signedKeySets: SignedKind<Pick<typeof keySets.$inferSelect, 'url' | 'keys' | 'fetchedAt'>> = {
  name: 'key set',
  idOf: ({ url }) => url,
  signed: ({ url, keys, fetchedAt }) => [url, JSON.stringify(keys), fetchedAt.toISOString()],
}
