import type { Run, RunEvent, RunState } from '@standin/contracts'
import { and, asc, desc, eq, gt, inArray, isNull, lt, lte, or, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../database/database.ts'
import { StandinError } from '../standin-error.ts'
import { offerArtifacts } from './artifacts/artifact-store.ts'
import { isFinal, nextRunState, type RunTransition } from './run-lifecycle.ts'
import { stepsAtEnd } from './run-progress.ts'
import { type RunEventBody, runEvents, runs } from './run-table.ts'

export type RunRow = typeof runs.$inferSelect

/** PostgreSQL's codes for text that it does not store: NUL, and half of a character. */
const unstorableCodes = ['22P05', '22P02', '22021']

/** Inserts a run, or finds the one that has its idempotency key. @throws StandinError `INPUT_INVALID` */
export async function insertRun(
  tx: Transaction,
  row: typeof runs.$inferInsert,
): Promise<{ row: RunRow; isNew: boolean }> {
  const [inserted] = await tx
    .insert(runs)
    .values(row)
    .onConflictDoNothing({ target: [runs.accountId, runs.idempotencyKey] })
    .returning()
    .catch(refuseUnstorable)
  if (inserted) return { row: inserted, isNew: true }
  const [existing] = await tx
    .select()
    .from(runs)
    .where(and(eq(runs.accountId, row.accountId), eq(runs.idempotencyKey, row.idempotencyKey)))
  if (!existing) throw new Error('a conflict on the key that is not there')
  return { row: existing, isNew: false }
}

function refuseUnstorable(error: unknown): never {
  const { code } = (error instanceof Error ? error.cause : undefined) as { code?: string }
  if (code === undefined || !unstorableCodes.includes(code)) throw error
  throw new StandinError('INPUT_INVALID', { detail: 'It holds text that cannot be stored.' })
}

export async function findRun(db: Database, runId: string): Promise<RunRow | undefined> {
  const [row] = await db.select().from(runs).where(eq(runs.id, runId))
  return row
}

/** Whether a run is there and has not ended. */
export async function isOpenRun(db: Database, runId: string): Promise<boolean> {
  return (await db.$count(runs, and(eq(runs.id, runId), inArray(runs.state, openStates)))) > 0
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

/**
 * One promotion at a time for an account, until the transaction ends. Taken before the row of any run: the other order
 * would be a deadlock with whoever promotes that run.
 */
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

export interface RunMove extends Partial<Pick<RunRow, 'reason' | 'waitingUntil' | 'retries'>> {
  /** Where given, only the worker that holds it may. */
  epoch?: number
  /** Done once the move is certain and before it is told: what the worker still has to say and to keep. */
  lastWords?: (tx: Transaction) => Promise<Pick<RunRow, 'progress' | 'steps'>>
}

/**
 * Moves a run along its lifecycle and tells everybody who watches; what ends a run is its last event. Takes the run's
 * row, so whoever also promotes calls `lockPromotion` before.
 * @returns the run as it is now, or undefined where the move cannot happen
 */
export async function moveRun(
  tx: Transaction,
  runId: string,
  transition: RunTransition,
  { epoch, lastWords, ...change }: RunMove = {},
): Promise<RunRow | undefined> {
  const row = await lockRun(tx, runId)
  const state = row && nextRunState(row.state, transition)
  if (!state || (epoch !== undefined && row.epoch !== epoch)) return undefined
  const said = await lastWords?.(tx)
  const [moved] = await tx
    .update(runs)
    .set({
      ...said,
      waitingUntil: null,
      // Why it was asked to stop was said then.
      reason: row.state === 'cancelling' && state !== 'succeeded' ? row.reason : null,
      ...change,
      state,
      ...(isFinal(state) && { ...atEnd(said ?? row, state), endedAt: sql`now()`, checkpoint: null }),
    })
    .where(eq(runs.id, runId))
    .returning()
  if (!moved) return undefined
  if (isFinal(state)) {
    for (const artifact of await offerArtifacts(tx, runId)) await appendEvent(tx, runId, { type: 'artifact', artifact })
  }
  if (moved.state !== row.state) await announceState(tx, moved)
  return moved
}

function atEnd({ progress, steps }: Pick<RunRow, 'progress' | 'steps'>, state: RunState) {
  return {
    progress: { ...progress, secondsLeft: null },
    steps: state === 'succeeded' ? steps : stepsAtEnd(steps),
  }
}

/**
 * Gives a run to a worker, under a new epoch: whoever had it before can write no more.
 * @returns undefined when it has ended, or waits: the job that it waits for comes when that is over
 */
export async function takeRun(tx: Transaction, runId: string): Promise<RunRow | undefined> {
  const row = await lockRun(tx, runId)
  const state = row && nextRunState(row.state, 'take')
  if (!state) return undefined
  const [taken] = await tx
    .update(runs)
    .set({
      state,
      epoch: row.epoch + 1,
      attempts: row.attempts + 1,
      crashes: row.crashes + (row.state === 'running' ? 1 : 0),
      startedAt: row.startedAt ?? sql`now()`,
      waitingUntil: null,
      reason: state === 'cancelling' ? row.reason : null,
    })
    // A job that was given out again because its worker died while it put the run off must not undercut the pause.
    .where(and(eq(runs.id, runId), or(isNull(runs.waitingUntil), lte(runs.waitingUntil, sql`now()`))))
    .returning()
  if (taken && taken.state !== row.state) await announceState(tx, taken)
  return taken
}

async function announceState(tx: Transaction, { id, state, waitingUntil, reason, headline }: RunRow): Promise<void> {
  await appendEvent(tx, id, {
    type: 'state',
    state,
    waitingUntil: waitingUntil?.toISOString() ?? null,
    reason,
    headline,
  })
}

/** Whether a worker still has its run; while it does, nobody takes it before the transaction ends. */
export async function holdsRun(
  tx: Transaction,
  { runId, epoch, states }: { runId: string; epoch: number; states: RunState[] },
): Promise<boolean> {
  const [row] = await tx
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.id, runId), eq(runs.epoch, epoch), inArray(runs.state, states)))
    .for('share')
  return row !== undefined
}

/** Changes what a worker writes while it works. @returns the run's state, or undefined when the worker no longer has it */
export async function updateRunningRun(
  tx: Transaction,
  { runId, epoch }: { runId: string; epoch: number },
  change: Partial<Pick<RunRow, 'progress' | 'steps' | 'headline' | 'checkpoint' | 'retries' | 'crashes'>>,
): Promise<RunState | undefined> {
  const [row] = await tx
    .update(runs)
    .set(change)
    .where(and(eq(runs.id, runId), eq(runs.epoch, epoch), inArray(runs.state, workingStates)))
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

/** In which a worker has a run. */
export const workingStates: RunState[] = ['running', 'cancelling']
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
