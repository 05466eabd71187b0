import { and, asc, gt, sql } from 'drizzle-orm'
import type { Announcing } from '../context.ts'
import type { Database } from '../database/database.ts'
import type { Notices } from '../database/notices.ts'
import { isRun, type RunRow } from './run-store.ts'
import { isOfRun, type RunEventBody, type RunKey, runEvents, runs, type StoredRunEvent } from './run-table.ts'

/**
 * Appends an event under the run's next number and wakes its watchers after the commit. An event that changes lists of runs also
 * wakes the watchers of the account.
 */
export async function appendEvent(
  { db, notices }: Announcing,
  { id, accountId }: RunKey,
  body: RunEventBody,
): Promise<void> {
  const listed = body.type === 'state' || body.type === 'delivery'
  const appended = await db.execute(sql`
    with next as (update ${runs} set last_seq = last_seq + 1 where account_id = ${accountId} and id = ${id}
      returning id, last_seq, account_id),
    event as (
      insert into ${runEvents} (account_id, run_id, seq, body)
      select account_id, id, last_seq, ${JSON.stringify(body)}::jsonb from next)
    select 1 from next`)
  if (appended.length === 0) return
  if (listed) announceRun(notices, { id, accountId })
  else notices.send('run_event', id)
}

/** Wakes the watchers of the lists that a run is in. */
export function announceRun(notices: Notices, { id, accountId }: RunKey): void {
  notices.send('run_event', id)
  notices.send('runs_changed', accountId)
}

/** The event that announces a run's state. */
export const stateEvent = ({
  state,
  waitingUntil,
  waitingFor,
  reason,
  failure,
  headline,
}: Pick<RunRow, 'state' | 'waitingUntil' | 'waitingFor' | 'reason' | 'failure' | 'headline'>): RunEventBody => ({
  type: 'state',
  state,
  waitingUntil: waitingUntil?.toISOString() ?? null,
  waitingFor,
  reason,
  ...(failure !== null && { failure }),
  headline,
})

/** The number of a run's last event; 0 if there is no such run. */
export async function lastSeqOf(db: Database, run: RunKey): Promise<number> {
  const [row] = await db.select({ lastSeq: runs.lastSeq }).from(runs).where(isRun(run))
  return row?.lastSeq ?? 0
}

/** Events after a number, in order. */
export async function listEvents(
  db: Database,
  run: RunKey,
  { after, limit }: { after: number; limit: number },
): Promise<StoredRunEvent[]> {
  const rows = await db
    .select()
    .from(runEvents)
    .where(and(isOfRun(runEvents, run), gt(runEvents.seq, after)))
    .orderBy(asc(runEvents.seq))
    .limit(limit)
  return rows.map(({ seq, at, body }) => ({ ...body, seq, at: at.toISOString() }))
}
