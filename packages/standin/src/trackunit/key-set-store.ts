import { eq, sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { keySets } from './key-set-table.ts'

/** Where keys outlive the process. */
export interface KeySetStore {
  load(url: string): Promise<{ keys: unknown; fetchedAt: Date } | undefined>
  save(url: string, set: { keys: Record<string, unknown>[]; fetchedAt: Date }): Promise<void>
}

/** Keys in the database: of several replicas, the latest fetch counts. */
export const createKeySetStore = (db: Database): KeySetStore => ({
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
})
