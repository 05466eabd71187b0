import { sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Database } from './database.ts'

/**
 * The same context with a clock that stands at the database's present time: all replicas and the `now()` of statements go by one
 * clock, even if their machines' clocks differ.
 */
export async function byDatabaseClock<Ctx extends { db: Database; clock: Clock }>(ctx: Ctx): Promise<Ctx> {
  const [row] = await ctx.db.execute<{ ms: number }>(sql`select (extract(epoch from now()) * 1000)::float8 as ms`)
  const nowMs = row?.ms ?? Number.NaN
  return { ...ctx, clock: { ...ctx.clock, now: () => new Date(nowMs) } }
}
