import type { Run, RunEvent, RunState } from '@standin/contracts'
import { and, asc, desc, eq, gt, inArray, lt, or, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../database/database.ts'
import { isFinal, nextRunState, type RunTransition } from './run-lifecycle.ts'
import { type RunEventBody, runEvents, runs } from './run-table.ts'

export type RunRow = typeof runs.$inferSelect

/** Inserts a run, or finds the one that has its idempotency key. */
export async function insertRun(
  tx: Transaction,
  row: typeof runs.$inferInsert,
): Promise<{ row: RunRow; isNew: boolean }> {
  const [inserted] = await tx.insert(runs).values(row).onConflictDoNothing().returning()
  if (inserted) return { row: inserted, isNew: true }
  const [existing] = await tx
    .select()
    .from(runs)
    .where(and(eq(runs.accountId, row.accountId), eq(runs.idempotencyKey, row.idempotencyKey)))
  if (!existing) throw new Error('a conflict on the key that is not there')
  return { row: existing, isNew: false }
}

export async function findRun(db: Database, runId: string): Promise<RunRow | undefined> {
  const [row] = await db.select().from(runs).where(eq(runs.id, runId))
  return row
}

export async function lockRun(tx: Transaction, runId: string): Promise<RunRow | undefined> {
  const [row] = await tx.select().from(runs).where(eq(runs.id, runId)).for('update')
  return row
}

export async function accountOfRun(db: Database, runId: string): Promise<string | undefined> {
  const [row] = await db.select({ accountId: runs.accountId }).from(runs).where(eq(runs.id, runId))
  return row?.accountId
}

/** How many runs of an account's action are not ended. */
export async function countOpenRuns(tx: Transaction, accountId: string, actionId: string): Promise<number> {
  return tx.$count(
    runs,
    and(eq(runs.accountId, accountId), eq(runs.actionId, actionId), inArray(runs.state, openStates)),
  )
}

/** One promotion at a time for an account, until the transaction ends. */
export async function lockPromotion(tx: Transaction, accountId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`promotion ${accountId}`}, 0))`)
}

/** Runs of an account that are not ended, the oldest first. */
export async function listOpenRuns(tx: Transaction, accountId: string): Promise<RunRow[]> {
  return tx
    .select()
    .from(runs)
    .where(and(eq(runs.accountId, accountId), inArray(runs.state, openStates)))
    .orderBy(asc(runs.createdAt), asc(runs.id))
}

export async function markPromoted(tx: Transaction, runId: string): Promise<void> {
  await tx.update(runs).set({ promotedAt: sql`now()` }).where(eq(runs.id, runId))
}

/**
 * Moves a run along its lifecycle and tells everybody who watches.
 * @param epoch where given, only the worker that holds it may
 * @returns the run as it is now, or undefined where the move cannot happen
 */
export async function moveRun(
  tx: Transaction,
  runId: string,
  transition: RunTransition,
  { epoch, ...change }: { epoch?: number } & Partial<RunRow> = {},
): Promise<RunRow | undefined> {
  const row = await lockRun(tx, runId)
  const state = row && nextRunState(row.state, transition)
  if (!state || (epoch !== undefined && row.epoch !== epoch)) return undefined
  const [moved] = await tx
    .update(runs)
    .set({
      ...change,
      state,
      waitingUntil: change.waitingUntil ?? null,
      ...(transition === 'take' && {
        epoch: row.epoch + 1,
        attempts: row.attempts + 1,
        startedAt: row.startedAt ?? sql`now()`,
      }),
      ...(isFinal(state) && { endedAt: sql`now()`, checkpoint: null }),
    })
    .where(eq(runs.id, runId))
    .returning()
  if (!moved) return undefined
  if (moved.state !== row.state) {
    await appendEvent(tx, runId, { type: 'state', state: moved.state, reason: moved.reason, headline: moved.headline })
  }
  return moved
}

/** Changes what a worker writes while it works. @returns the run's state, or undefined when the worker no longer has it */
export async function updateRunningRun(
  tx: Transaction,
  { runId, epoch }: { runId: string; epoch: number },
  change: Partial<Pick<RunRow, 'progress' | 'steps' | 'headline' | 'checkpoint' | 'retries'>>,
): Promise<RunState | undefined> {
  const [row] = await tx
    .update(runs)
    .set(change)
    .where(and(eq(runs.id, runId), eq(runs.epoch, epoch), inArray(runs.state, ['running', 'cancelling'])))
    .returning({ state: runs.state })
  return row?.state
}

/** Appends an event under the run's next number and wakes its watchers when the transaction commits. */
export async function appendEvent(tx: Transaction, runId: string, body: RunEventBody): Promise<void> {
  await tx.execute(sql`
    with next as (update ${runs} set last_seq = last_seq + 1 where id = ${runId} returning id, last_seq),
    event as (insert into ${runEvents} (run_id, seq, body) select id, last_seq, ${JSON.stringify(body)}::jsonb from next)
    select pg_notify('run_event', ${runId})`)
}

/** Events after a number, in order. */
export async function listEvents(
  db: Database,
  runId: string,
  { after, limit }: { after: number; limit: number },
): Promise<RunEvent[]> {
  const rows = await db
    .select()
    .from(runEvents)
    .where(and(eq(runEvents.runId, runId), gt(runEvents.seq, after)))
    .orderBy(asc(runEvents.seq))
    .limit(limit)
  return rows.map(({ seq, at, body }) => ({ ...body, seq, at: at.toISOString() }))
}

export interface RunListing {
  accountId: string
  actionId?: string | undefined
  states?: readonly RunState[] | undefined
  /** The newest runs that are older than this one. */
  before?: { createdAt: Date; id: string } | undefined
  limit: number
}

export async function listRuns(
  db: Database,
  { accountId, actionId, states, before, limit }: RunListing,
): Promise<RunRow[]> {
  return db
    .select()
    .from(runs)
    .where(
      and(
        eq(runs.accountId, accountId),
        actionId ? eq(runs.actionId, actionId) : undefined,
        states ? inArray(runs.state, [...states]) : undefined,
        before &&
          or(lt(runs.createdAt, before.createdAt), and(eq(runs.createdAt, before.createdAt), lt(runs.id, before.id))),
      ),
    )
    .orderBy(desc(runs.createdAt), desc(runs.id))
    .limit(limit)
}

const openStates: RunState[] = ['queued', 'running', 'waiting', 'cancelling']

/** The row as it goes over the wire, but for its files. */
export function toRun(row: RunRow): Omit<Run, 'artifacts'> {
  const { id, accountId, actionId, mode, input, state, progress, steps, headline, reason, attempts, startedBy } = row
  return {
    ...{ id, accountId, actionId, mode, input, state, progress, steps, headline, reason, attempts, startedBy },
    waitingUntil: row.waitingUntil?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
    deliveries: [],
  }
}

/** Reaches the worker of a run, on whichever replica it is, when the transaction commits. */
export async function announceCancel(tx: Transaction, runId: string): Promise<void> {
  await tx.execute(sql`select pg_notify('run_cancel', ${runId})`)
}
