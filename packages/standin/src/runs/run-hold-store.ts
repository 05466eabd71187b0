import type { RunState } from '@standin/contracts'
import { and, eq, inArray, isNotNull, isNull, lte, or, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../database/database.ts'
import { aliveReplicas, isReplicaAlive } from '../database/replica-store.ts'
import { announceState } from './run-event-store.ts'
import { nextRunState, workingStates } from './run-lifecycle.ts'
import { lockRun, type RunRow } from './run-store.ts'
import { runs } from './run-table.ts'

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
