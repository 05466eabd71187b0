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

/** A run in the memory of its worker, during one attempt. Every write checks that the worker still holds the run. */
export interface OpenRun {
  readonly run: RunRow
  readonly signal: AbortSignal
  readonly files: Map<string, OpenArtifact>
  readonly result: OpenResult
  readonly startedAtMs: number
  readonly gate: ChangeGate
  /** How long each step usually takes. */
  readonly usual: UsualTimes
  /** The current step: what was done when this attempt began, and since when it runs. */
  step: { done: number; startedAtMs: number }
  progress: RunRow['progress']
  steps: RunRow['steps']
  /** What the last checkpoint kept. */
  kept: Kept | undefined
  /** The run is about to end: writes of `leavePart` go through although the run must stop. */
  isLeaving: boolean
  /** Whether progress or steps changed since the last event about them. */
  isDirty: boolean
  announcedAtMs: number
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
    announcedAtMs: Number.NEGATIVE_INFINITY,
  }
}

/**
 * Writes a change of the run, and with it progress that is due.
 * @throws RunStopped if another worker holds the run, or it must stop
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
        if (isProgressDue(open, ctx.clock)) await announceProgress(tx, open, ctx.clock)
        return current
      }))
  if (state === undefined) throw new RunStopped()
  if (open.isLeaving) return
  if (state !== 'running') throw new RunStopped()
  // While the process hands its runs over, the action may continue to its next checkpoint, to keep what it has read from Trackunit.
  if (isCheckpoint || signal.reason !== handOver) signal.throwIfAborted()
}

export const isProgressDue = ({ isDirty, announcedAtMs }: OpenRun, clock: Clock) =>
  isDirty && clock.monotonicMs() - announcedAtMs >= progressEveryMs

export async function announceProgress(tx: Announcing, open: OpenRun, clock: Clock): Promise<void> {
  open.isDirty = false
  open.announcedAtMs = clock.monotonicMs()
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

/** Writes what is in memory, so that the transaction that keeps it is short. */
export async function flushRun({ files, result }: OpenRun): Promise<void> {
  for (const file of files.values()) await file.flush()
  await result.flush()
}

async function keepFilesAndResult(tx: Transaction, { files, result }: OpenRun): Promise<void> {
  for (const file of files.values()) await file.keep(tx)
  await result.keep(tx)
}

/** Writes the last progress and keeps every file, in the transaction that ends the run, before its end is announced. */
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
  if (open.isDirty) await announceProgress(tx, open, clock)
  await keepFilesAndResult(tx.db, open)
  const { progress, steps } = open
  return { progress, steps }
}
