import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Destination, Message, Run, StartRunInput } from '@standin/contracts'
import type { Actor, AuditEntry } from '../audit/record.ts'
import type { InTransaction } from '../context.ts'
import type { Transaction } from '../database/database.ts'
import { StandinError } from '../standin-error.ts'
import { refusedByPreview } from './check-preview.ts'
import { readLine, runsToPromote, withLast } from './promote-runs.ts'
import { toDo } from './run-progress.ts'
import {
  announceDue,
  countOpenRuns,
  countOpenRunsOf,
  lockPromotion,
  markPromoted,
  type RunInLine,
} from './run-promotion-store.ts'
import { insertRun, type NewRunRow } from './run-state-store.ts'
import { findRunByKey, type RunRow } from './run-store.ts'

/** One that works and one that waits. A third is refused. */
const maxOpenWithoutOverlap = 2
/** Of one action, where its runs may overlap. They are worked on in turn, so that more of one person would keep colleagues waiting. */
const maxOpenOfUser = 20
const userRetryAfterMs = 60_000

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
  /** What it may read with, and who reads its result needs. */
  readsWith: readonly string[]
  actor: Actor
  deliverTo?: Destination[]
  timeZone?: string | null | undefined
  unitSystem?: StartRunInput['unitSystem'] | null
  language?: string | null | undefined
  accountName?: string | null | undefined
  scheduleId?: string
  previewRunId?: string
  /** Rows of its preview, by id. */
  leaveOut?: readonly string[] | undefined
  retryOf?: string
}

/**
 * Accepts a run from any caller: once the transaction commits, the run is on disk, announced, and will be worked on.
 * Scheduled runs come after those that a person or a service waits for.
 * @throws StandinError `PREVIEW_REQUIRED`, `IDEMPOTENCY_KEY_REUSED`, `RUN_OVERLAPS`, `INPUT_INVALID`; `RATE_LIMITED` for a
 *   person with many open runs of the action
 */
export async function acceptRun(tx: InTransaction, run: NewRun): Promise<RunRow> {
  const { accountId } = run
  const row = toRow(run)
  // Sent together; PostgreSQL executes them in this order, so the line is read once no other run can join or leave it.
  const [, line, open] = await Promise.all([
    lockPromotion(tx.db, accountId),
    readLine(tx.db, accountId),
    countOpen(tx.db, row),
  ])
  const refusal = await refusalOf(tx, { row, run, open })
  const promoted = runsToPromote<RunInLine>(withLast(line, { ...row, promotedAt: null, isSetAside: false }))
  const isPromoted = promoted.some(({ id }) => id === row.id)
  const accepted = refusal ? undefined : await insertRun(tx, row, { isPromoted, entry: entryOf(row, run) })
  if (!accepted) return sameAgain(tx, run, refusal)
  if (isPromoted) announceDue(tx.notices)
  await markPromoted(
    tx,
    accountId,
    promoted.filter(({ id }) => id !== row.id),
  )
  return accepted
}

/** Why a run is not accepted, unless it was before. */
async function refusalOf(
  { db }: InTransaction,
  { row, run: { action }, open }: { row: NewRunRow; run: NewRun; open: number },
): Promise<StandinError | undefined> {
  if (action.changesData && row.mode === 'apply') {
    const refusal = await refusedByPreview(db, row)
    if (refusal) return refusal
  } else if (row.previewRunId !== null)
    return new StandinError('INPUT_INVALID', { detail: 'Only a run that applies changes may name a preview.' })
  if (!row.mayOverlap) return open >= maxOpenWithoutOverlap ? new StandinError('RUN_OVERLAPS') : undefined
  if (open < maxOpenOfUser) return undefined
  const detail = `At most ${maxOpenOfUser} runs of one action that you started may be open. Wait for one, or cancel it.`
  return new StandinError('RATE_LIMITED', { retryAfterMs: userRetryAfterMs, detail })
}

/** The open runs of the action that count: all, or, where they may overlap, those of the person who starts another one. */
async function countOpen(tx: Transaction, { accountId, actionId, mayOverlap, startedBy, scheduleId }: NewRunRow) {
  if (!mayOverlap) return countOpenRuns(tx, accountId, actionId)
  const isByUser = startedBy.kind === 'user' && scheduleId === null
  return isByUser ? countOpenRunsOf(tx, { accountId, actionId, userId: startedBy.id, most: maxOpenOfUser }) : 0
}

/** The run that was accepted before with the same key. @throws StandinError if there is none, or it was another one */
async function sameAgain({ db }: InTransaction, run: NewRun, refusal: StandinError | undefined): Promise<RunRow> {
  const before = await findRunByKey(db, run)
  if (!before) throw refusal ?? new Error('a conflict on an idempotency key that does not exist')
  if (!isSame(before, run)) throw new StandinError('IDEMPOTENCY_KEY_REUSED')
  return before
}

function entryOf({ id: runId, accountId, mode }: NewRunRow, run: NewRun): AuditEntry {
  const { actor, action, previewRunId, leaveOut = [], retryOf, scheduleId } = run
  const details = {
    runId,
    actionId: action.id,
    mode,
    ...(previewRunId !== undefined && { previewRunId }),
    ...(leaveOut.length > 0 && { leaveOut }),
    ...(retryOf !== undefined && { retryOf }),
    ...(scheduleId !== undefined && { scheduleId }),
  }
  return { actor, event: action.changesData && mode === 'apply' ? 'run.applied' : 'run.started', accountId, details }
}

const toRow = (run: NewRun): NewRunRow => ({
  id: randomUUID(),
  accountId: run.accountId,
  actionId: run.action.id,
  mode: run.mode,
  input: run.input,
  idempotencyKey: run.idempotencyKey,
  startedBy: run.startedBy,
  readsWith: [...run.readsWith],
  mayOverlap: run.action.mayOverlap ?? false,
  urgency: run.scheduleId === undefined ? 0 : 1,
  scheduleId: run.scheduleId ?? null,
  timeZone: run.timeZone ?? null,
  unitSystem: run.unitSystem ?? null,
  language: run.language ?? null,
  accountName: run.accountName ?? null,
  previewRunId: run.previewRunId ?? null,
  leaveOut: [...(run.leaveOut ?? [])],
  retryOf: run.retryOf ?? null,
  deliverTo: run.deliverTo ?? [],
  state: 'queued',
  waitingUntil: null,
  waitingFor: null,
  epoch: 0,
  replicaId: null,
  awaitsAccount: false,
  attempts: 0,
  retries: 0,
  crashes: 0,
  checkpoint: null,
  progress: { done: 0, total: null, message: '', secondsLeft: null, share: null },
  steps: (run.action.steps?.(run) ?? []).map(toDo),
  headline: null,
  incomplete: null,
  reason: null,
  failure: null,
  lastSeq: 1,
  startedAt: null,
  endedAt: null,
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
