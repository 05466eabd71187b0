import type { PartContext, RunContext } from '../actions/define-action.ts'
import type { Clock } from '../clock.ts'
import type { Database, Transaction } from '../database/database.ts'
import type { MachineRegister } from '../machines/machine-register.ts'
import { createArtifactWriter, type OpenArtifact } from '../results/artifacts/artifact-writer.ts'
import { createResultWriter } from '../results/result-writer.ts'
import { storableMessage } from '../results/understand-rows.ts'
import type { TrackunitClient } from '../trackunit/trackunit-client.ts'
import { changesOf, createEffects } from './run-effects.ts'
import { appendEvent } from './run-event-store.ts'
import { updateRunningRun } from './run-lease-store.ts'
import type { findPredecessors } from './run-predecessors.ts'
import { secondsLeft, withStep } from './run-progress.ts'
import { handOver, RunStopped } from './run-stopped.ts'
import { addDestination, type RunRow } from './run-store.ts'

interface Dependencies {
  db: Database
  clock: Clock
  trackunit: TrackunitClient
  signal: AbortSignal
  machines: MachineRegister
  grantedScopes?: readonly string[] | undefined
  /** The most that the account's files take together. */
  artifactBytesPerAccount?: number | undefined
  predecessors: Awaited<ReturnType<typeof findPredecessors>>
}

/** Between two writes of progress: at most five a second, whatever the action reports. */
const progressEveryMs = 200

/** What an action works with, over the rows of its run. Every write asks whether this worker still has the run. */
export function createRunContext(
  run: RunRow,
  { db, clock, trackunit, signal, machines, grantedScopes, predecessors, artifactBytesPerAccount }: Dependencies,
) {
  const files = new Map<string, OpenArtifact>()
  const result = createResultWriter(db, { runId: run.id, epoch: run.epoch, accountId: run.accountId })
  const effect = createEffects(db, run)
  const { id: runId, epoch, accountId } = run
  const startedAtMs = clock.monotonicMs()
  const startedDone = run.progress.done
  let progress = run.progress
  let steps = run.steps
  let kept = run.checkpoint?.state
  /** From then on only what makes its part readable is written: that the run is to stop is known. */
  let isLeaving = false
  let isDirty = false
  let writtenAtMs = Number.NEGATIVE_INFINITY

  const isProgressDue = () => isDirty && clock.monotonicMs() - writtenAtMs >= progressEveryMs

  async function appendProgress(tx: Transaction): Promise<void> {
    isDirty = false
    writtenAtMs = clock.monotonicMs()
    await appendEvent(tx, runId, { type: 'progress', progress, steps })
  }

  /** Progress that was held back goes along. @throws RunStopped when the run is another worker's, or is to stop */
  async function write(
    row: Parameters<typeof updateRunningRun>[2],
    change: (tx: Transaction) => Promise<void> = async () => {},
    { isCheckpoint = false } = {},
  ): Promise<void> {
    const state = await db.transaction(async (tx) => {
      const current = await updateRunningRun(tx, { runId, epoch }, { progress, steps, ...row })
      if (current === undefined) return undefined
      await change(tx)
      if (isProgressDue()) await appendProgress(tx)
      return current
    })
    if (state === undefined) throw new RunStopped()
    if (isLeaving) return
    if (state !== 'running') throw new RunStopped()
    // What was asked of Trackunit when the process was told to end is kept first, up to the next checkpoint.
    if (isCheckpoint || signal.reason !== handOver) signal.throwIfAborted()
  }

  /** Writes what is in memory, so that keeping it is short. */
  async function flush(): Promise<void> {
    for (const file of files.values()) await file.flush()
    await result.flush()
  }
  async function keep(tx: Transaction): Promise<void> {
    for (const file of files.values()) await file.keep(tx)
    await result.keep(tx)
  }

  const context: RunContext<Record<string, unknown>> = withNoticedRejections({
    ...{ accountId, machines, clock, ...predecessors },
    account: { timeZone: run.timeZone, unitSystem: run.unitSystem, grantedScopes },
    result: withNoticedRejections(result),
    input: run.input,
    mode: run.mode,
    trackunit,
    signal,
    resumedFrom: kept,
    async progress({ done, total, message }) {
      const elapsedMs = clock.monotonicMs() - startedAtMs
      progress = {
        done: wholeNumber(done),
        total: total === null ? null : wholeNumber(total),
        message: storableMessage(message, 200),
        secondsLeft: secondsLeft({ done, total, since: { done: startedDone, elapsedMs } }),
      }
      isDirty = true
      if (isProgressDue()) await write({})
    },
    async checkpoint(state) {
      await flush()
      await write({ checkpoint: { state }, retries: 0, crashes: 0 }, keep, { isCheckpoint: true })
      kept = state
    },
    async effect(one) {
      signal.throwIfAborted()
      return effect(one)
    },
    deliver: (destination) => write({}, (tx) => addDestination(tx, runId, destination)),
    async artifact({ name, mediaType }) {
      const open =
        files.get(name) ??
        (await createArtifactWriter(
          db,
          { runId, epoch, accountId, name, mediaType },
          { bytesPerAccount: artifactBytesPerAccount },
        ))
      files.set(name, open)
      return open
    },
    log: (message) =>
      write({}, (tx) => appendEvent(tx, runId, { type: 'log', message: storableMessage(message, 500) })),
    headline: (sentence) => write({ headline: storableMessage(sentence, 300) }),
    async step(name, work) {
      const beganAtMs = clock.monotonicMs()
      const become = (state: 'running' | 'done' | 'failed') => {
        const tookMs = state === 'running' ? null : Math.round(clock.monotonicMs() - beganAtMs)
        steps = withStep(steps, { name: storableMessage(name, 100), state, tookMs })
        isDirty = true
      }
      become('running')
      await write({}, appendProgress)
      try {
        const result = await work()
        become('done')
        await write({}, appendProgress)
        return result
      } catch (error) {
        become('failed')
        throw error
      }
    },
  })

  return {
    context,
    /** What an action may still do when its run ends before its time. */
    leaving(): PartContext<Record<string, unknown>> {
      isLeaving = true
      return { ...context, resumedFrom: kept, changes: () => changesOf(db, run) }
    },
    /** In the transaction that ends the run, before its end is told: progress as it was, each file as it is. */
    async lastWords(tx: Transaction): Promise<Pick<RunRow, 'progress' | 'steps'>> {
      progress = { ...progress, secondsLeft: null }
      if (isDirty) await appendProgress(tx)
      await keep(tx)
      return { progress, steps }
    },
    flush,
  }
}

const wholeNumber = (value: number) => Math.max(0, Math.round(value))

/** An action that does not await one of its calls must not end the process, and with it every other run, when it fails. */
function withNoticedRejections<Context extends object>(context: Context): Context {
  return new Proxy(context, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...given: unknown[]) => {
        const result: unknown = value.apply(target, given)
        if (result instanceof Promise) result.catch(() => {})
        return result
      }
    },
  })
}
