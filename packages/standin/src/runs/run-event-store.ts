import { and, asc, gt, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../database/database.ts'
import { isRun, type RunRow } from './run-store.ts'
import { isOfRun, type RunEventBody, type RunKey, runEvents, runs, type StoredRunEvent } from './run-table.ts'

/**
 * Appends an event under the run's next number and wakes its watchers when the transaction commits; an event that changes
 * a list of runs also wakes the watchers of the account.
 */
export async function appendEvent(tx: Transaction, { id, accountId }: RunKey, body: RunEventBody): Promise<void> {
  const listed = body.type === 'state' || body.type === 'delivery'
  await tx.execute(sql`
    with next as (update ${runs} set last_seq = last_seq + 1 where account_id = ${accountId} and id = ${id}
      returning id, last_seq, account_id),
    event as (
      insert into ${runEvents} (account_id, run_id, seq, body)
      select account_id, id, last_seq, ${JSON.stringify(body)}::jsonb from next)
    select pg_notify('run_event', ${id})${listed ? sql`, pg_notify('runs_changed', account_id::text)` : sql``} from next`)
}

export async function announceState(tx: Transaction, run: RunRow): Promise<void> {
  const { state, waitingUntil, reason, headline } = run
  await appendEvent(tx, run, {
    type: 'state',
    state,
    waitingUntil: waitingUntil?.toISOString() ?? null,
    reason,
    headline,
  })
}

/** The number of a run's last event; 0 where there is no such run. */
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
