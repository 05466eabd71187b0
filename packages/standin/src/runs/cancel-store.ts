import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm'
import type { Transaction } from '../database/database.ts'
import { runEvents, runs } from './run-table.ts'

/** Ends runs of an account that were never promoted, in one statement, and announces it. @returns how many */
export async function endQueuedRuns(tx: Transaction, accountId: string, limit: number): Promise<number> {
  const reason = 'INSTALLATION_UNINSTALLED'
  const event = JSON.stringify({ type: 'state', state: 'cancelled', waitingUntil: null, reason, headline: null })
  const ended = await tx.execute(sql`
    with ended as (
      update ${runs} set state = 'cancelled', reason = ${reason}, ended_at = now(), last_seq = last_seq + 1
      where account_id = ${accountId} and id in (select id from ${runs}
        where account_id = ${accountId} and state = 'queued' and promoted_at is null limit ${limit}::int)
      returning id, last_seq
    ), event as (
      insert into ${runEvents} (account_id, run_id, seq, body) select ${accountId}::uuid, id, last_seq, ${event}::jsonb from ended
    )
    select pg_notify('run_event', id::text), pg_notify('runs_changed', ${accountId}) from ended`)
  return ended.length
}

/** What previews keep for the runs that apply them is the account's data. @returns how many were erased */
export async function eraseCheckpoints(tx: Transaction, accountId: string, limit: number): Promise<number> {
  const kept = tx
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.accountId, accountId), isNotNull(runs.endedAt), isNotNull(runs.checkpoint)))
    .limit(limit)
  const erased = await tx
    .update(runs)
    .set({ checkpoint: null })
    .where(and(eq(runs.accountId, accountId), inArray(runs.id, kept)))
    .returning({ id: runs.id })
  return erased.length
}

/** Reaches the worker of a run on any replica when the transaction commits. */
export async function announceCancel(tx: Transaction, runId: string): Promise<void> {
  await tx.execute(sql`select pg_notify('run_cancel', ${runId})`)
}
