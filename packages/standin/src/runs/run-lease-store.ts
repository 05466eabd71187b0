import type { RunState } from '@standin/contracts'
import { and, eq, inArray, isNotNull, isNull, lte, or, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../database/database.ts'
import { isReplicaAlive, isReplicaAnswering } from '../database/replica-store.ts'
import { announceState } from './run-event-store.ts'
import { nextRunState, workingStates } from './run-lifecycle.ts'
import { lockRun, type RunRow } from './run-store.ts'
import { runs } from './run-table.ts'

/**
 * Gives a run to a worker, under a new epoch: whoever had it before can write no more.
 * @param replicaId whose lock says that the taker lives
 * @returns undefined when it has ended, or waits: the job that it waits for comes when that is over; `held` when somebody
 *   has it who lives and answers
 */
export async function takeRun(
  tx: Transaction,
  runId: string,
  { replicaId, silentAfterMs = 5_000 }: { replicaId: number | null; silentAfterMs?: number } = { replicaId: null },
): Promise<RunRow | 'held' | undefined> {
  const row = await lockRun(tx, runId)
  const state = row && nextRunState(row.state, 'take')
  if (!state) return undefined
  if (row.replicaId !== null && (await isReplicaAnswering(tx, row.replicaId, silentAfterMs))) return 'held'
  const [taken] = await tx
    .update(runs)
    .set({
      state,
      replicaId,
      epoch: row.epoch + 1,
      attempts: row.attempts + 1,
      crashes: row.crashes + (workingStates.includes(row.state) ? 1 : 0),
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
        inArray(runs.state, ['queued', 'waiting', 'cancelling']),
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
    .set({ replicaId: null })
    .where(
      and(eq(runs.id, id), eq(runs.epoch, epoch), eq(runs.replicaId, replicaId), inArray(runs.state, workingStates)),
    )
    .returning({ id: runs.id })
  return released.length > 0
}

/**
 * Whether a worker still has its run, and may write what it finds; while it does, nobody takes it before the transaction
 * ends. Where the installation ended, all that was found is erased: nothing may come after.
 */
export async function holdsRun(
  tx: Transaction,
  { runId, epoch, states }: { runId: string; epoch: number; states: RunState[] },
): Promise<boolean> {
  const [row] = await tx
    .select({ id: runs.id })
    .from(runs)
    .where(
      and(
        eq(runs.id, runId),
        eq(runs.epoch, epoch),
        inArray(runs.state, states),
        sql`${runs.reason} is distinct from 'INSTALLATION_UNINSTALLED'`,
      ),
    )
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
