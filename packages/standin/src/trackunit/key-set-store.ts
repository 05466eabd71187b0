import { eq, sql } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { keySets, signedKeySets } from './key-set-table.ts'

/** Where keys outlive the process. */
export interface KeySetStore {
  load(url: string): Promise<{ keys: unknown; fetchedAt: Date } | undefined>
  save(url: string, set: { keys: Record<string, unknown>[]; fetchedAt: Date }): Promise<void>
}

/** Keys in the database, signed: of several replicas, the latest fetch counts. */
export const createKeySetStore = ({ db, signedRows }: Pick<Context, 'db' | 'signedRows'>): KeySetStore => ({
  async load(url) {
    const [row] = await db.select().from(keySets).where(eq(keySets.url, url))
    return row && signedRows.accept(signedKeySets, row) ? row : undefined
  },
  async save(url, { keys, fetchedAt }) {
    const mac = signedRows.sign(signedKeySets, { url, keys, fetchedAt })
    await db
      .insert(keySets)
      .values({ url, keys, fetchedAt, mac })
      .onConflictDoUpdate({
        target: keySets.url,
        set: { keys, fetchedAt, mac },
        setWhere: sql`${keySets.fetchedAt} < excluded.fetched_at`,
      })
  },
})
