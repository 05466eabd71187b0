import { isDeepStrictEqual } from 'node:util'
import type { Destination, Run, StartRunInput } from '@standin/contracts'
import type { AnyAction } from '../actions/define-action.ts'
import { type Actor, record } from '../audit/record.ts'
import type { Transaction } from '../database/database.ts'
import { StandinError } from '../standin-error.ts'
import { checkPreview } from './preview-of-run.ts'
import { promoteRuns } from './promote-runs.ts'
import { announceState } from './run-event-store.ts'
import { countOpenRuns } from './run-list-store.ts'
import { lockPromotion } from './run-promotion-store.ts'
import type { RunQueue } from './run-queue.ts'
import { insertRun, type RunRow } from './run-store.ts'

/** One that works and one that waits; a third is refused. */
const maxOpenWithoutOverlap = 2

export interface NewRun {
  accountId: string
  mode: 'preview' | 'apply'
  /** Has been parsed by the action's schema; kept as it came. */
  input: Record<string, unknown>
  /** Unique on the account: the same again is the same run. */
  idempotencyKey: string
  startedBy: Run['startedBy']
  actor: Actor
  deliverTo?: Destination[]
  timeZone?: string | null | undefined
  unitSystem?: StartRunInput['unitSystem'] | null
  scheduleId?: string
  previewRunId?: string
  retryOf?: string
}

/**
 * Accepts a run, whoever starts it: when the transaction commits, it is on disk, told, and will be worked on. What a
 * schedule starts comes after what somebody waits for.
 * @throws StandinError `PREVIEW_REQUIRED`, `IDEMPOTENCY_KEY_REUSED`, `RUN_OVERLAPS`, `INPUT_INVALID`
 */
export async function acceptRun(tx: Transaction, queue: RunQueue, action: AnyAction, run: NewRun): Promise<RunRow> {
  const { accountId, mode, input, actor, previewRunId, retryOf } = run
  const actionId = action.id
  await lockPromotion(tx, accountId)
  const { row, isNew } = await insertRun(tx, {
    ...{ accountId, actionId, mode, input },
    idempotencyKey: run.idempotencyKey,
    startedBy: run.startedBy,
    urgency: run.scheduleId === undefined ? 0 : 1,
    deliverTo: run.deliverTo ?? [],
    timeZone: run.timeZone ?? null,
    unitSystem: run.unitSystem ?? null,
    scheduleId: run.scheduleId ?? null,
    previewRunId: previewRunId ?? null,
    retryOf: retryOf ?? null,
    mayOverlap: action.mayOverlap ?? false,
    state: 'queued',
    progress: { done: 0, total: null, message: '', secondsLeft: null },
    steps: [],
  })
  if (!isNew) {
    if (!isSame(row, { ...run, actionId })) throw new StandinError('IDEMPOTENCY_KEY_REUSED')
    return row
  }
  if (action.changesData && mode === 'apply') await checkPreview(tx, row)
  else if (previewRunId !== undefined)
    throw new StandinError('INPUT_INVALID', { detail: 'Only a change that is applied has a preview.' })

  const details = {
    ...{ runId: row.id, actionId, mode },
    ...(previewRunId !== undefined && { previewRunId }),
    ...(retryOf !== undefined && { retryOf }),
    ...(run.scheduleId !== undefined && { scheduleId: run.scheduleId }),
  }
  const event = action.changesData && mode === 'apply' ? 'run.applied' : 'run.started'
  // They need nothing of each other: each waits for the one before in the database, and not here.
  const [open] = await Promise.all([
    countOpenRuns(tx, accountId, actionId),
    announceState(tx, row),
    record(tx, { actor, event, accountId, details }),
  ])
  if (!row.mayOverlap && open > maxOpenWithoutOverlap) throw new StandinError('RUN_OVERLAPS')
  await promoteRuns(tx, queue, accountId)
  return row
}

/** Whether a run is the one that is asked for again. */
function isSame(row: RunRow, run: NewRun & { actionId: string }): boolean {
  return (
    row.actionId === run.actionId &&
    row.mode === run.mode &&
    row.previewRunId === (run.previewRunId ?? null) &&
    row.retryOf === (run.retryOf ?? null) &&
    isDeepStrictEqual(row.input, run.input)
  )
}
