import { sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Database } from './database.ts'

/**
 * The same context with the database's time of now, which stands still: all replicas and the statements' own `now()` go by
 * one clock, whatever the clocks of their machines say.
 */
export async function byDatabaseClock<Ctx extends { db: Database; clock: Clock }>(ctx: Ctx): Promise<Ctx> {
  const [row] = await ctx.db.execute<{ ms: number }>(sql`select (extract(epoch from now()) * 1000)::float8 as ms`)
  const nowMs = row?.ms ?? Number.NaN
  return { ...ctx, clock: { ...ctx.clock, now: () => new Date(nowMs) } }
}
