import { and, eq, isNotNull, sql } from 'drizzle-orm'
import type { Transaction } from '../database/database.ts'
import { runEvents, runs } from './run-table.ts'

/** Ends the runs of an account that were never promoted, in one statement, and announces it. */
export async function endQueuedRuns(tx: Transaction, accountId: string): Promise<void> {
  const reason = 'INSTALLATION_UNINSTALLED'
  const event = JSON.stringify({ type: 'state', state: 'cancelled', waitingUntil: null, reason, headline: null })
  await tx.execute(sql`
    with ended as (
      update ${runs} set state = 'cancelled', reason = ${reason}, ended_at = now(), last_seq = last_seq + 1
      where account_id = ${accountId} and state = 'queued' and promoted_at is null returning id, last_seq
    ), event as (
      insert into ${runEvents} (run_id, seq, body) select id, last_seq, ${event}::jsonb from ended
    )
    select pg_notify('run_event', id::text), pg_notify('runs_changed', ${accountId}) from ended`)
}

/** What previews keep for the runs that apply them is the account's data. */
export async function eraseCheckpoints(tx: Transaction, accountId: string): Promise<void> {
  await tx
    .update(runs)
    .set({ checkpoint: null })
    .where(and(eq(runs.accountId, accountId), isNotNull(runs.endedAt), isNotNull(runs.checkpoint)))
}

/** Reaches the worker of a run on any replica when the transaction commits. */
export async function announceCancel(tx: Transaction, runId: string): Promise<void> {
  await tx.execute(sql`select pg_notify('run_cancel', ${runId})`)
}
