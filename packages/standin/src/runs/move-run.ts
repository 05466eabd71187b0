import type { ErrorReason } from '@standin/contracts'
import type { AuditEntry } from '../audit/record.ts'
import type { InTransaction } from '../context.ts'
import { recordChanges } from './record-changes.ts'
import { type FinalState, isFinal, nextRunState, type RunTransition } from './run-lifecycle.ts'
import { stepsAtEnd } from './run-progress.ts'
import { writeState } from './run-state-store.ts'
import { lockRun, type RunRow } from './run-store.ts'
import type { RunKey } from './run-table.ts'

export interface RunMove
  extends Partial<Pick<RunRow, 'reason' | 'failure' | 'waitingUntil' | 'waitingFor' | 'retries'>> {
  /** If given, only the worker that holds the run under this epoch may move it. */
  epoch?: number
  /** The run, if this transaction has already locked it. */
  locked?: RunRow | undefined
  /** Called once the move is certain, before it is announced: writes what the worker still has in memory. */
  beforeMove?: () => Promise<Partial<Pick<RunRow, 'progress' | 'steps'>>>
  /** The audit entry of the move, if it ends the run. */
  entryOfEnd?: (end: { state: FinalState; reason: ErrorReason | null }) => AuditEntry
}

/**
 * Moves a run along its lifecycle and announces its state; its end is its last event. Locks the run's row, so a transaction
 * that also promotes runs must call `lockPromotion` first.
 * @returns the run after the move; undefined if the move is not possible
 */
export async function moveRun(
  tx: InTransaction,
  run: RunKey,
  transition: RunTransition,
  { epoch, locked, beforeMove, entryOfEnd, ...change }: RunMove = {},
): Promise<RunRow | undefined> {
  const before = locked ?? (await lockRun(tx.db, run))
  const state = before && nextRunState(before.state, transition)
  if (!state || (epoch !== undefined && before.epoch !== epoch)) return undefined
  const ends = isFinal(state)
  const row = { ...before, ...(await beforeMove?.()) }
  // Not beside it: what goes on after the other one has failed would write outside of the transaction.
  if (ends) await recordChanges(tx, before)
  const after = {
    progress: row.progress,
    steps: row.steps,
    waitingUntil: null,
    waitingFor: null,
    // The reason was written when it was asked to stop.
    reason: before.state === 'cancelling' && state !== 'succeeded' ? before.reason : null,
    failure: null,
    ...change,
    state,
    ...(state !== 'cancelling' && { replicaId: null }),
    ...(ends && {
      progress: { ...row.progress, secondsLeft: null, share: state === 'succeeded' ? 1 : row.progress.share },
      steps: stepsAtEnd(row.steps, { hasSucceeded: state === 'succeeded' }),
      // An applied run reads the checkpoint of its preview.
      ...(!(row.mode === 'preview' && state === 'succeeded') && { checkpoint: null }),
    }),
  }
  const entry = ends ? entryOfEnd?.({ state, reason: after.reason }) : undefined
  return writeState(tx, before, after, { ends, entry })
}
