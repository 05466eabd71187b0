import { sql } from 'drizzle-orm'
import { arrayText } from '../database/array-text.ts'
import type { Database } from '../database/database.ts'
import { firstDayOf, monthOf } from '../database/month-partitions.ts'
import { listHandOutWriters } from './hand-out-store.ts'

/** Hand-outs of one kind that were recorded together. */
export interface NewestHandOut {
  actorId: string
  key: string | null
  accountId: string
  generation: number
  /** When the last of them was made. */
  at: Date
  tokens: number
}

/** This month's newest hand-outs to services, over all accounts. Reads only the ends of the writers' chains. */
export async function newestHandOuts(db: Database, now: Date, limit: number): Promise<NewestHandOut[]> {
  const month = monthOf(now)
  const writers = await listHandOutWriters(db, month)
  const rows = await db.execute<Omit<NewestHandOut, 'at'> & { atMs: number; generation: number }>(sql`
    select kinds.actor_id as "actorId", kinds.key, kinds.account_id as "accountId", kinds.generation,
      extract(epoch from newest.at)::float8 * 1000 as "atMs", cardinality(newest.entries)::int as tokens
    from unnest(${arrayText(writers)}::text::text[]) as writers(writer)
    cross join lateral (
      select * from hand_out_groups groups
      where groups.month = ${firstDayOf(month)}::date and groups.writer = writers.writer order by groups.seq desc limit ${limit}
    ) newest
    join hand_out_kinds kinds
      on kinds.month = newest.month and kinds.writer = newest.writer and kinds.no = newest.kind and kinds.actor_kind = 'service'
    order by newest.at desc limit ${limit}`)
  return rows.map(({ atMs, ...row }) => ({ ...row, at: new Date(Math.round(atMs)) }))
}
