import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'

const blocksAtOnce = 64

/** Conditions that together select all rows of a table, a few hundred each, in their order on disk: no index is needed. */
export async function* blockRanges(db: Database, table: string): AsyncGenerator<SQL> {
  const [size] = await db.execute<{ blocks: number }>(
    sql`select (pg_relation_size(${table}::regclass) / current_setting('block_size')::int)::int as blocks`,
  )
  for (let block = 0; block <= (size?.blocks ?? 0); block += blocksAtOnce)
    yield sql`ctid >= ${`(${block},0)`}::tid and ctid < ${`(${block + blocksAtOnce},0)`}::tid`
}
