import { and, asc, eq, inArray, lt, notExists, sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { runEvents, runs } from '../runs/run-table.ts'

/**
 * Deletes some of the runs that ended before, with all that is theirs. Events go first, since one run can have many:
 * no statement takes long.
 * @returns how many rows went
 */
export async function deleteOldRuns(
  db: Database,
  before: Date,
  { limit, events }: { limit: number; events: number },
): Promise<number> {
  const old = await db
    .select({ id: runs.id })
    .from(runs)
    .where(lt(runs.endedAt, before))
    .orderBy(asc(runs.endedAt))
    .limit(limit)
  const ids = old.map(({ id }) => id)
  if (ids.length === 0) return 0
  const some = db
    .select({ runId: runEvents.runId, seq: runEvents.seq })
    .from(runEvents)
    .where(inArray(runEvents.runId, ids))
    .limit(events)
    .for('update', { skipLocked: true }) // Those that another replica is deleting.
  const goneEvents = await db.execute(
    sql`delete from ${runEvents} where (run_id, seq) in (${some}) returning 1 as gone`,
  )
  const gone = await db
    .delete(runs)
    .where(and(inArray(runs.id, ids), notExists(db.select().from(runEvents).where(eq(runEvents.runId, runs.id)))))
    .returning({ id: runs.id })
  return goneEvents.length + gone.length
}
