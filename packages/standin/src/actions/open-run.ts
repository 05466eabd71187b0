import type { Message } from '@standin/contracts'
import type { Clock } from '../clock.ts'
import { type Announcing, type Context, type InTransaction, inTransaction } from '../context.ts'
import type { Transaction } from '../database/database.ts'
import { createArtifactWriter, type OpenArtifact } from '../results/artifacts/artifact-writer.ts'
import { machineUrl } from '../results/machine-url.ts'
import { createResultWriter, type OpenResult } from '../results/result-writer.ts'
import { type ChangeGate, createChangeGate } from '../runs/change-gate.ts'
import { appendEvent } from '../runs/run-event-store.ts'
import { updateRunningRun } from '../runs/run-lease-store.ts'
import { type UsualTimes, withoutRunning } from '../runs/run-progress.ts'
import { handOver, RunStopped } from '../runs/run-stopped.ts'
import type { RunRow } from '../runs/run-store.ts'
import type { Kept } from './keep-state.ts'

/** A run as its worker has it in memory during one attempt. Every write checks that the worker still holds the run. */
export interface OpenRun {
  readonly run: RunRow
  readonly signal: AbortSignal
  readonly files: Map<string, OpenArtifact>
  readonly result: OpenResult
  readonly startedAtMs: number
  readonly gate: ChangeGate
  /** How long each step usually takes. */
  readonly usual: UsualTimes
  /** Where this attempt took up the step that runs. */
  step: { done: number; startedAtMs: number }
  progress: RunRow['progress']
  steps: RunRow['steps']
  /** What the last checkpoint kept. */
  kept: Kept | undefined
  /** The run is about to end: what makes its part readable is written although the run is to stop. */
  isLeaving: boolean
  /** Whether progress or steps changed since the last event about them. */
  isDirty: boolean
  toldAtMs: number
}

/** At most five events of progress a second, however often the action reports. */
const progressEveryMs = 200

export function openRun(
  { db, clock, config }: Context,
  run: RunRow,
  { signal, usual, say }: Pick<OpenRun, 'signal' | 'usual'> & { say: (message: Message) => string },
): OpenRun {
  const { progress, steps } = run
  return {
    run,
    signal,
    progress,
    steps,
    files: new Map(),
    result: createResultWriter(db, run, {
      say,
      machineUrl: (id) => machineUrl(config.delivery.managerUrl, id),
      rowsPerAccount: config.resultRowsPerAccount,
    }),
    startedAtMs: clock.monotonicMs(),
    gate: createChangeGate(),
    kept: run.checkpoint ?? undefined,
    usual,
    step: { done: progress.done, startedAtMs: clock.monotonicMs() },
    isLeaving: false,
    isDirty: false,
    toldAtMs: Number.NEGATIVE_INFINITY,
  }
}

/**
 * Writes a change of the run, and with it progress that is due.
 * @throws RunStopped when another worker holds the run, or it is to stop
 */
export async function writeRun(
  ctx: Context,
  open: OpenRun,
  row: Parameters<typeof updateRunningRun>[2],
  { change, isCheckpoint = false }: { change?: (tx: InTransaction) => Promise<void>; isCheckpoint?: boolean } = {},
): Promise<void> {
  const { run, signal, progress, steps } = open
  const written = { progress, steps, ...row }
  // One statement is a transaction of its own.
  const isAlone = !change && !isProgressDue(open, ctx.clock)
  const state = await (isAlone
    ? updateRunningRun(ctx.db, run, written)
    : inTransaction(ctx, async (tx) => {
        const current = await updateRunningRun(tx.db, run, written)
        if (current === undefined) return undefined
        await change?.(tx)
        if (isProgressDue(open, ctx.clock)) await tellProgress(tx, open, ctx.clock)
        return current
      }))
  if (state === undefined) throw new RunStopped()
  if (open.isLeaving) return
  if (state !== 'running') throw new RunStopped()
  // While the process hands its runs over, the action may continue to its next checkpoint: it keeps what it already asked of Trackunit.
  if (isCheckpoint || signal.reason !== handOver) signal.throwIfAborted()
}

export const isProgressDue = ({ isDirty, toldAtMs }: OpenRun, clock: Clock) =>
  isDirty && clock.monotonicMs() - toldAtMs >= progressEveryMs

export async function tellProgress(tx: Announcing, open: OpenRun, clock: Clock): Promise<void> {
  open.isDirty = false
  open.toldAtMs = clock.monotonicMs()
  await appendEvent(tx, open.run, { type: 'progress', progress: open.progress, steps: open.steps })
}

/** Keeps the state, every file and the result as they are now, in one transaction. */
export async function checkpoint(ctx: Context, open: OpenRun, kept: Kept): Promise<void> {
  await flushRun(open)
  const hasMore = open.files.size > 0 || open.result.isOpen()
  const change = hasMore && ((tx: InTransaction) => keepFilesAndResult(tx.db, open))
  const row = { checkpoint: kept, retries: 0, crashes: 0 }
  await writeRun(ctx, open, row, { ...(change && { change }), isCheckpoint: true })
  open.kept = kept
}

export async function openFile(
  { db, config }: Context,
  { run, files }: OpenRun,
  { name, mediaType }: { name: string; mediaType: string },
): Promise<OpenArtifact> {
  const bytesPerAccount = config.artifactBytesPerAccount
  const file = files.get(name) ?? (await createArtifactWriter(db, { run, name, mediaType }, { bytesPerAccount }))
  files.set(name, file)
  return file
}

/** Writes what is in memory, so that keeping it is a short transaction. */
export async function flushRun({ files, result }: OpenRun): Promise<void> {
  for (const file of files.values()) await file.flush()
  await result.flush()
}

async function keepFilesAndResult(tx: Transaction, { files, result }: OpenRun): Promise<void> {
  for (const file of files.values()) await file.keep(tx)
  await result.keep(tx)
}

/** In the transaction that ends the run, before its end is announced: the last progress, and every file as it is. */
export async function keepAtEnd(
  tx: Announcing,
  open: OpenRun,
  clock: Clock,
): Promise<Pick<RunRow, 'progress' | 'steps'>> {
  open.progress = { ...open.progress, secondsLeft: null }
  if (open.steps.some(({ state }) => state === 'running')) {
    open.steps = withoutRunning(open.steps)
    open.isDirty = true
  }
  if (open.isDirty) await tellProgress(tx, open, clock)
  await keepFilesAndResult(tx.db, open)
  const { progress, steps } = open
  return { progress, steps }
}
