import { and, asc, eq, lt, notExists, sql } from 'drizzle-orm'
import { daysAgo } from '../clock.ts'
import type { Context } from '../context.ts'
import type { Database } from '../database/database.ts'
import { isAmong } from '../database/is-among.ts'
import { runEvents, runs } from './run-table.ts'

/** So many at a time, so that no statement takes long: one run can have very many events. */
const runsAtOnce = 100
const eventsAtOnce = 10_000

/**
 * Deletes runs that are older than the settings allow, with everything that belongs to them, their events first. Several
 * replicas may age out at once.
 * @returns whether there may be more
 */
export async function ageOutRuns({ db, clock, config }: Context): Promise<boolean> {
  const ids = await listEndedBefore(db, daysAgo(clock, config.retention.runDays))
  if (ids.length === 0) return false
  const events = await deleteEventsOf(db, ids)
  const gone = await db
    .delete(runs)
    .where(and(isAmong(runs.id, ids), notExists(db.select().from(runEvents).where(eq(runEvents.runId, runs.id)))))
    .returning({ id: runs.id })
  return events + gone.length > 0
}

async function listEndedBefore(db: Database, moment: Date): Promise<string[]> {
  const old = await db
    .select({ id: runs.id })
    .from(runs)
    .where(lt(runs.endedAt, moment))
    .orderBy(asc(runs.endedAt))
    .limit(runsAtOnce)
  return old.map(({ id }) => id)
}

/** Skips events that another replica is deleting. @returns how many were deleted */
async function deleteEventsOf(db: Database, runIds: string[]): Promise<number> {
  const some = db
    .select({ runId: runEvents.runId, seq: runEvents.seq })
    .from(runEvents)
    .where(isAmong(runEvents.runId, runIds))
    .limit(eventsAtOnce)
    .for('update', { skipLocked: true })
  const deleted = await db.execute(
    sql`with gone as (${some}) delete from ${runEvents} where (run_id, seq) in (select * from gone) returning 1`,
  )
  return deleted.length
}
