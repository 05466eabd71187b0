import type { Destination, Run, RunState } from '@standin/contracts'
import {
  and,
  asc,
  desc,
  eq,
  gt,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  ne,
  notInArray,
  or,
  type SQL,
  sql,
} from 'drizzle-orm'
import type { Database, Transaction } from '../database/database.ts'
import { aliveReplicas, isReplicaAlive } from '../database/replica-store.ts'
import { StandinError } from '../standin-error.ts'
import { offerArtifacts } from './artifacts/artifact-store.ts'
import { isFinal, nextRunState, type RunTransition } from './run-lifecycle.ts'
import { stepsAtEnd } from './run-progress.ts'
import { type RunEventBody, runEvents, runs, type StoredRunEvent } from './run-table.ts'

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

export function refuseUnstorable(error: unknown): never {
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

/** What a decision about turns needs to know of a run. */
export type RunInLine = Pick<RunRow, 'id' | 'actionId' | 'mayOverlap' | 'promotedAt' | 'urgency'> & {
  /** It waits for more than a moment. */
  isSetAside: boolean
}

const inLine = {
  id: runs.id,
  actionId: runs.actionId,
  mayOverlap: runs.mayOverlap,
  promotedAt: runs.promotedAt,
  urgency: runs.urgency,
  isSetAside: sql<boolean>`${runs.state} = 'waiting' and ${runs.waitingUntil} > now() + interval '5 seconds'`,
}

/** An account's runs that are jobs, and the next ones in line: never all, of which there may be ten thousand. */
export async function listRunsInLine(
  tx: Transaction,
  accountId: string,
  { next }: { next: number },
): Promise<RunInLine[]> {
  const promoted = await tx
    .select(inLine)
    .from(runs)
    .where(and(eq(runs.accountId, accountId), isNotNull(runs.promotedAt), isNull(runs.endedAt)))
    .orderBy(asc(runs.createdAt), asc(runs.id))
  const taken = promoted.filter(({ mayOverlap }) => !mayOverlap).map(({ actionId }) => actionId)
  const queued = await tx
    .select(inLine)
    .from(runs)
    .where(
      and(
        eq(runs.accountId, accountId),
        eq(runs.state, 'queued'),
        isNull(runs.promotedAt),
        taken.length > 0 ? or(runs.mayOverlap, notInArray(runs.actionId, taken)) : undefined,
      ),
    )
    .orderBy(asc(runs.urgency), asc(runs.createdAt), asc(runs.id))
    .limit(next)
  return [...promoted, ...queued]
}

export async function markPromoted(tx: Transaction, runId: string): Promise<void> {
  await tx.update(runs).set({ promotedAt: sql`now()` }).where(eq(runs.id, runId))
}

/** Runs of an account that are jobs and not ended. */
export async function listPromotedRuns(tx: Transaction, accountId: string): Promise<string[]> {
  const rows = await tx
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.accountId, accountId), isNotNull(runs.promotedAt), isNull(runs.endedAt)))
  return rows.map(({ id }) => id)
}

/** Runs of all accounts that had their turn and that no worker has. */
export async function listPromotedWaiting(
  tx: Transaction,
): Promise<Array<Pick<RunRow, 'id' | 'urgency' | 'waitingUntil'>>> {
  return tx
    .select({ id: runs.id, urgency: runs.urgency, waitingUntil: runs.waitingUntil })
    .from(runs)
    .where(and(isNotNull(runs.promotedAt), inArray(runs.state, ['queued', 'waiting'])))
}

/** Ends all runs of an account that nobody works on yet, in one statement, and tells their watchers. */
export async function endQueuedRuns(tx: Transaction, accountId: string, reason: RunRow['reason']): Promise<void> {
  const event = JSON.stringify({ type: 'state', state: 'cancelled', waitingUntil: null, reason, headline: null })
  await tx.execute(sql`
    with ended as (
      update ${runs} set state = 'cancelled', reason = ${reason}, ended_at = now(), last_seq = last_seq + 1
      where account_id = ${accountId} and state = 'queued' and promoted_at is null returning id, last_seq
    ), event as (
      insert into ${runEvents} (run_id, seq, body) select id, last_seq, ${event}::jsonb from ended
    )
    select pg_notify('run_event', id::text) from ended`)
}

/** What previews kept for their applied runs is the account's data. */
export async function eraseCheckpointsOf(tx: Transaction, accountId: string): Promise<void> {
  await tx
    .update(runs)
    .set({ checkpoint: null })
    .where(and(eq(runs.accountId, accountId), isNotNull(runs.endedAt), isNotNull(runs.checkpoint)))
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
      ...(state !== 'cancelling' && { replicaId: null, jobId: null }),
      ...(isFinal(state) && {
        ...atEnd(said ?? row, state),
        endedAt: sql`now()`,
        // What a preview found is what is applied.
        ...(!(row.mode === 'preview' && state === 'succeeded') && { checkpoint: null }),
      }),
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

/** Who takes a run: the replica whose lock says that it lives, and the job that brought the run. */
export interface Taker {
  replicaId: number | null
  jobId: string | null
}

/**
 * Gives a run to a worker, under a new epoch: whoever had it before can write no more.
 * @returns undefined when it has ended, or waits (the job that it waits for comes when that is over), or when somebody
 *   has it who lives; unless it is the same job that comes again: then that worker has stopped to answer
 */
export async function takeRun(
  tx: Transaction,
  runId: string,
  { replicaId, jobId }: Taker = { replicaId: null, jobId: null },
): Promise<RunRow | undefined> {
  const row = await lockRun(tx, runId)
  const state = row && nextRunState(row.state, 'take')
  if (!state) return undefined
  if (row.replicaId !== null && row.jobId !== jobId && (await aliveReplicas(tx)).has(row.replicaId)) return undefined
  const [taken] = await tx
    .update(runs)
    .set({
      state,
      replicaId,
      jobId,
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

/** A run that a worker has, as far as the rows know. */
export type HeldRun = Pick<RunRow, 'id' | 'epoch' | 'urgency'> & { replicaId: number }

/** The runs that a replica has, and those of replicas that are no more. */
export async function listHeldAndOrphaned(db: Database, replicaId: number): Promise<HeldRun[]> {
  const { id, epoch, urgency, replicaId: holder } = runs
  const rows = await db
    .select({ id, epoch, urgency, replicaId: holder })
    .from(runs)
    .where(
      and(
        inArray(runs.state, workingStates),
        isNotNull(runs.replicaId),
        or(eq(runs.replicaId, replicaId), sql`not ${isReplicaAlive(runs.replicaId)}`),
      ),
    )
  return rows.map((row) => ({ ...row, replicaId: row.replicaId ?? 0 }))
}

/** Those of some runs that may be worked on now and that nobody has taken. */
export async function listUntaken(
  db: Database,
  runIds: readonly string[],
): Promise<Array<Pick<RunRow, 'id' | 'urgency'>>> {
  return db
    .select({ id: runs.id, urgency: runs.urgency })
    .from(runs)
    .where(
      and(
        inArray(runs.id, [...runIds]),
        inArray(runs.state, ['queued', 'waiting']),
        isNotNull(runs.promotedAt),
        isNull(runs.replicaId),
        or(isNull(runs.waitingUntil), lte(runs.waitingUntil, sql`now()`)),
      ),
    )
}

/** Says that nobody has a run any more. @returns whether it was so: only one of many who say it is told yes */
export async function releaseRun(tx: Transaction, { id, epoch, replicaId }: HeldRun): Promise<boolean> {
  const released = await tx
    .update(runs)
    .set({ replicaId: null, jobId: null })
    .where(
      and(eq(runs.id, id), eq(runs.epoch, epoch), eq(runs.replicaId, replicaId), inArray(runs.state, workingStates)),
    )
    .returning({ id: runs.id })
  return released.length > 0
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

/** The number of a run's last event; 0 where there is no such run. */
export async function lastSeqOf(db: Database, runId: string): Promise<number> {
  const [row] = await db.select({ lastSeq: runs.lastSeq }).from(runs).where(eq(runs.id, runId))
  return row?.lastSeq ?? 0
}

/** Events after a number, in order. */
export async function listEvents(
  db: Database,
  runId: string,
  { after, limit }: { after: number; limit: number },
): Promise<StoredRunEvent[]> {
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
  scheduleId?: string | undefined
  states?: readonly RunState[] | undefined
  /** The newest runs that are older than this one. */
  before?: { createdAt: Date; id: string } | undefined
  limit: number
}

export async function listRuns(
  db: Database,
  { accountId, actionId, scheduleId, states, before, limit }: RunListing,
): Promise<RunRow[]> {
  return db
    .select()
    .from(runs)
    .where(
      and(
        eq(runs.accountId, accountId),
        actionId ? eq(runs.actionId, actionId) : undefined,
        scheduleId ? eq(runs.scheduleId, scheduleId) : undefined,
        states ? inArray(runs.state, [...states]) : undefined,
        before &&
          or(lt(runs.createdAt, before.createdAt), and(eq(runs.createdAt, before.createdAt), lt(runs.id, before.id))),
      ),
    )
    .orderBy(desc(runs.createdAt), desc(runs.id))
    .limit(limit)
}

/** The last run of the same action, account and mode that succeeded before this one began. */
export async function lastSucceededRun(
  db: Database,
  { id, accountId, actionId, mode }: Pick<RunRow, 'id' | 'accountId' | 'actionId' | 'mode'>,
): Promise<RunRow | undefined> {
  const [row] = await db
    .select()
    .from(runs)
    .where(
      and(
        eq(runs.accountId, accountId),
        eq(runs.actionId, actionId),
        eq(runs.mode, mode),
        eq(runs.state, 'succeeded'),
        ne(runs.id, id),
      ),
    )
    .orderBy(desc(runs.createdAt), desc(runs.id))
    .limit(1)
  return row
}

/** Whether a run ended longer ago than this, by the database's clock. */
export async function isOlderThan(tx: Transaction, runId: string, ageMs: number): Promise<boolean> {
  const isOld = sql`${runs.endedAt} < now() - make_interval(secs => ${ageMs / 1_000})`
  return (await tx.$count(runs, and(eq(runs.id, runId), isOld))) > 0
}

/** Runs that apply a preview's changes, the newest first. */
export async function listAppliedRuns(tx: Transaction, previewRunId: string): Promise<RunRow[]> {
  return tx.select().from(runs).where(eq(runs.previewRunId, previewRunId)).orderBy(desc(runs.createdAt), desc(runs.id))
}

/** How long the last runs of each action took on an account, in whole seconds, in the middle. */
export async function usualSecondsOf(db: Database, accountId: string): Promise<Map<string, number>> {
  const rows = await db.execute<{ action_id: string; seconds: number }>(sql`
    select action_id, round(percentile_cont(0.5) within group (order by took))::int as seconds from (
      select action_id, extract(epoch from ended_at - started_at) as took,
        row_number() over (partition by action_id order by created_at desc) as nth
      from (
        select * from ${runs} where account_id = ${accountId} and state = 'succeeded' and started_at is not null
        order by created_at desc, id desc limit 200
      ) newest
    ) last where nth <= 10 group by action_id`)
  return new Map(rows.map(({ action_id, seconds }) => [action_id, seconds]))
}

/** Adds where a run's result goes when it has ended. */
export async function addDestination(tx: Transaction, runId: string, destination: Destination): Promise<void> {
  const added = JSON.stringify([destination])
  await tx
    .update(runs)
    .set({ deliverTo: sql`${runs.deliverTo} || ${added}::jsonb` as SQL })
    .where(and(eq(runs.id, runId), sql`not ${runs.deliverTo} @> ${added}::jsonb`))
}

/** In which a worker has a run. */
export const workingStates: RunState[] = ['running', 'cancelling']
const openStates: RunState[] = ['queued', 'running', 'waiting', 'cancelling']

/** The row as it goes over the wire, but for its files. */
export function toRun(row: RunRow): Omit<Run, 'artifacts' | 'deliveries'> {
  const { id, accountId, actionId, mode, input, state, progress, steps, headline, reason, attempts, startedBy } = row
  const { scheduleId, previewRunId, retryOf } = row
  return {
    ...{ id, accountId, actionId, mode, input, state, progress, steps, headline, reason, attempts, startedBy },
    ...{ scheduleId, previewRunId, retryOf },
    waitingUntil: row.waitingUntil?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
  }
}

/** Reaches the worker of a run, on whichever replica it is, when the transaction commits. */
export async function announceCancel(tx: Transaction, runId: string): Promise<void> {
  await tx.execute(sql`select pg_notify('run_cancel', ${runId})`)
}
