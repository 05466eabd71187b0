import { eq, sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import type { KeySetStore } from './key-set.ts'
import { keySets } from './key-set-table.ts'

/** Keys in the database: of several replicas the one that asked last is believed. */
export function createKeySetStore(db: Database): KeySetStore {
  return {
    async load(url) {
      const [row] = await db.select().from(keySets).where(eq(keySets.url, url))
      return row
    },
    async save(url, { keys, fetchedAt }) {
      await db
        .insert(keySets)
        .values({ url, keys, fetchedAt })
        .onConflictDoUpdate({
          target: keySets.url,
          set: { keys, fetchedAt },
          setWhere: sql`${keySets.fetchedAt} < excluded.fetched_at`,
        })
    },
  }
}
