import { isDeepStrictEqual } from 'node:util'
import type { Destination, Message, Run, StartRunInput } from '@standin/contracts'
import { type Actor, record } from '../audit/record.ts'
import type { InTransaction } from '../context.ts'
import { StandinError } from '../standin-error.ts'
import { checkPreview } from './check-preview.ts'
import { promoteNext, readLine } from './promote-runs.ts'
import { announceState } from './run-event-store.ts'
import { countOpenRuns } from './run-list-store.ts'
import { toDo } from './run-progress.ts'
import { lockPromotion } from './run-promotion-store.ts'
import { insertRun, type RunRow } from './run-store.ts'

/** One that works and one that waits. A third is refused. */
const maxOpenWithoutOverlap = 2

/** What accepting a run needs to know about its action. */
export interface AcceptedAction {
  id: string
  changesData: boolean
  mayOverlap?: boolean | undefined
  steps?: ((about: { mode: 'preview' | 'apply' }) => readonly Message[]) | undefined
}

export interface NewRun {
  action: AcceptedAction
  accountId: string
  mode: 'preview' | 'apply'
  /** Has passed the action's schema; stored as the caller sent it. */
  input: Record<string, unknown>
  /** Unique within the account: the same key returns the same run. */
  idempotencyKey: string
  startedBy: Run['startedBy']
  actor: Actor
  deliverTo?: Destination[]
  timeZone?: string | null | undefined
  unitSystem?: StartRunInput['unitSystem'] | null
  language?: string | null | undefined
  scheduleId?: string
  previewRunId?: string
  /** Rows of its preview, by id. */
  leaveOut?: readonly string[] | undefined
  retryOf?: string
}

/**
 * Accepts a run from any caller: once the transaction commits, the run is on disk, announced, and will be worked on.
 * Scheduled runs come after those that a person or a service waits for.
 * @throws StandinError `PREVIEW_REQUIRED`, `IDEMPOTENCY_KEY_REUSED`, `RUN_OVERLAPS`, `INPUT_INVALID`
 */
export async function acceptRun(tx: InTransaction, run: NewRun): Promise<RunRow> {
  const { accountId, action, mode, actor, previewRunId, leaveOut = [], retryOf, scheduleId } = run
  await lockPromotion(tx.db, accountId)
  const { row, isNew } = await insertRun(tx.db, toRow(run))
  if (!isNew) {
    if (!isSame(row, run)) throw new StandinError('IDEMPOTENCY_KEY_REUSED')
    return row
  }
  const appliesChanges = action.changesData && mode === 'apply'
  if (appliesChanges) await checkPreview(tx.db, row)
  else if (previewRunId !== undefined)
    throw new StandinError('INPUT_INVALID', { detail: 'Only a run that applies changes may name a preview.' })

  const details = {
    runId: row.id,
    actionId: action.id,
    mode,
    ...(previewRunId !== undefined && { previewRunId }),
    ...(leaveOut.length > 0 && { leaveOut }),
    ...(retryOf !== undefined && { retryOf }),
    ...(scheduleId !== undefined && { scheduleId }),
  }
  // Sent together: none needs the result of another.
  const [open, line] = await Promise.all([
    row.mayOverlap ? 0 : countOpenRuns(tx.db, accountId, action.id),
    readLine(tx.db, accountId),
    announceState(tx, row),
    record(tx, { actor, event: appliesChanges ? 'run.applied' : 'run.started', accountId, details }),
  ])
  if (!row.mayOverlap && open > maxOpenWithoutOverlap) throw new StandinError('RUN_OVERLAPS')
  await promoteNext(tx, accountId, line)
  return row
}

const toRow = (run: NewRun): Parameters<typeof insertRun>[1] => ({
  accountId: run.accountId,
  actionId: run.action.id,
  mode: run.mode,
  input: run.input,
  idempotencyKey: run.idempotencyKey,
  startedBy: run.startedBy,
  urgency: run.scheduleId === undefined ? 0 : 1,
  deliverTo: run.deliverTo ?? [],
  timeZone: run.timeZone ?? null,
  unitSystem: run.unitSystem ?? null,
  language: run.language ?? null,
  scheduleId: run.scheduleId ?? null,
  previewRunId: run.previewRunId ?? null,
  leaveOut: [...(run.leaveOut ?? [])],
  retryOf: run.retryOf ?? null,
  mayOverlap: run.action.mayOverlap ?? false,
  state: 'queued',
  progress: { done: 0, total: null, message: '', secondsLeft: null, share: null },
  steps: (run.action.steps?.(run) ?? []).map(toDo),
})

/** Whether a stored run is the one that this request asks for again. */
function isSame(row: RunRow, run: NewRun): boolean {
  return (
    row.actionId === run.action.id &&
    row.mode === run.mode &&
    row.previewRunId === (run.previewRunId ?? null) &&
    row.retryOf === (run.retryOf ?? null) &&
    isDeepStrictEqual(row.leaveOut, run.leaveOut ?? []) &&
    isDeepStrictEqual(row.input, run.input)
  )
}
