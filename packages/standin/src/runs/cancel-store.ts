import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm'
import type { Announcing } from '../context.ts'
import type { Transaction } from '../database/database.ts'
import { announceRun } from './run-event-store.ts'
import { runEvents, runs } from './run-table.ts'

/** Ends runs of an account that were never promoted, in one statement, and announces it. @returns how many */
export async function endQueuedRuns({ db, notices }: Announcing, accountId: string, limit: number): Promise<number> {
  const reason = 'INSTALLATION_UNINSTALLED'
  const event = JSON.stringify({ type: 'state', state: 'cancelled', waitingUntil: null, reason, headline: null })
  const ended = await db.execute<{ id: string }>(sql`
    with ended as (
      update ${runs} set state = 'cancelled', reason = ${reason}, ended_at = now(), last_seq = last_seq + 1
      where account_id = ${accountId} and id in (select id from ${runs}
        where account_id = ${accountId} and state = 'queued' and promoted_at is null limit ${limit}::int)
      returning id, last_seq
    ), event as (
      insert into ${runEvents} (account_id, run_id, seq, body) select ${accountId}::uuid, id, last_seq, ${event}::jsonb from ended
    )
    select id from ended`)
  for (const { id } of ended) announceRun(notices, { id, accountId })
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
