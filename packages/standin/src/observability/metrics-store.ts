import { count, inArray, sql } from 'drizzle-orm'
import { heldCallbacks } from '../callbacks/held/held-callback-table.ts'
import type { Database } from '../database/database.ts'
import { runs } from '../runs/run-table.ts'
import { signInDownSince } from '../tokens/sign-in-outage-store.ts'
import type { Counts } from './metrics.ts'

const openStates = ['queued', 'running', 'waiting', 'cancelling'] as const

export async function countForMetrics(db: Database): Promise<Counts> {
  const byState = await db
    .select({ state: runs.state, runs: count() })
    .from(runs)
    .where(inArray(runs.state, [...openStates]))
    .groupBy(runs.state)
  const none = Object.fromEntries(openStates.map((state) => [state, 0]))
  const openRuns = { ...none, ...Object.fromEntries(byState.map(({ state, runs }) => [state, runs])) }
  const [signIn] = await db.execute<{ down_for_s: number | null }>(
    sql`select extract(epoch from clock_timestamp() - ${signInDownSince})::float8 as down_for_s`,
  )
  return { openRuns, heldCallbacks: await db.$count(heldCallbacks), signInDownForS: signIn?.down_for_s ?? 0 }
}
