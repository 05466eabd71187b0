import type { RunState } from '@standin/contracts'
import { and, eq, isNotNull, sql } from 'drizzle-orm'
import type { Transaction } from '../database/database.ts'
import { offerArtifacts } from '../results/artifacts/artifact-store.ts'
import { tellChanges } from './notify-run-changes.ts'
import { announceState, appendEvent } from './run-event-store.ts'
import { isFinal, nextRunState, type RunTransition } from './run-lifecycle.ts'
import { stepsAtEnd } from './run-progress.ts'
import { lockRun, type RunRow } from './run-store.ts'
import { runEvents, runs } from './run-table.ts'

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
      ...(state !== 'cancelling' && { replicaId: null }),
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
    await tellChanges(tx, moved)
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
    select pg_notify('run_event', id::text), pg_notify('runs_changed', ${accountId}) from ended`)
}

/** What previews kept for their applied runs is the account's data. */
export async function eraseCheckpointsOf(tx: Transaction, accountId: string): Promise<void> {
  await tx
    .update(runs)
    .set({ checkpoint: null })
    .where(and(eq(runs.accountId, accountId), isNotNull(runs.endedAt), isNotNull(runs.checkpoint)))
}

/** Reaches the worker of a run, on whichever replica it is, when the transaction commits. */
export async function announceCancel(tx: Transaction, runId: string): Promise<void> {
  await tx.execute(sql`select pg_notify('run_cancel', ${runId})`)
}
