import { and, asc, lt, notExists, sql } from 'drizzle-orm'
import { daysAgo } from '../clock.ts'
import type { Context } from '../context.ts'
import type { Database } from '../database/database.ts'
import { arrayParameter } from '../database/is-among.ts'
import { isOfRun, type RunKey, runEvents, runs } from './run-table.ts'

/** Batch sizes, so that no statement takes long: one run can have very many events. */
const runsAtOnce = 100
const eventsAtOnce = 10_000

/**
 * Deletes runs that are older than the settings allow, with everything that belongs to them, their events first. Several
 * replicas may age out at once.
 * @returns whether there may be more
 */
export async function ageOutRuns({ db, clock, config }: Context): Promise<boolean> {
  const old = await listEndedBefore(db, daysAgo(clock, config.retention.runDays))
  if (old.length === 0) return false
  const events = await deleteEventsOf(db, old)
  const hasEvents = db.select().from(runEvents).where(isOfRun(runEvents, runs))
  const gone = await db
    .delete(runs)
    .where(and(sql`(${runs.accountId}, ${runs.id}) in (${keysOf(old)})`, notExists(hasEvents)))
    .returning({ id: runs.id })
  return events + gone.length > 0
}

async function listEndedBefore(db: Database, moment: Date): Promise<RunKey[]> {
  return db
    .select({ id: runs.id, accountId: runs.accountId })
    .from(runs)
    .where(lt(runs.endedAt, moment))
    .orderBy(asc(runs.endedAt))
    .limit(runsAtOnce)
}

/** Skips events that another replica is deleting. @returns how many were deleted */
async function deleteEventsOf(db: Database, old: readonly RunKey[]): Promise<number> {
  const deleted = await db.execute(sql`
    with gone as (
      select account_id, run_id, seq from ${runEvents} where (account_id, run_id) in (${keysOf(old)})
      limit ${eventsAtOnce} for update skip locked
    )
    delete from ${runEvents} where (account_id, run_id, seq) in (select * from gone) returning 1 as deleted`)
  return deleted.length
}

const keysOf = (those: readonly RunKey[]) => {
  const [accounts, ids] = [those.map(({ accountId }) => accountId), those.map(({ id }) => id)]
  return sql`select * from unnest(${arrayParameter(accounts, 'uuid')}, ${arrayParameter(ids, 'uuid')})`
}
