import type { Clock } from '../clock.ts'
import type { Database, Transaction } from '../database/database.ts'
import type { TrackunitClient } from '../trackunit/trackunit-client.ts'
import { createArtifactWriter, type OpenArtifact } from './artifacts/artifact-writer.ts'
import { type RunContext, RunStopped } from './define-action.ts'
import { secondsLeft, withStep } from './run-progress.ts'
import { appendEvent, type RunRow, updateRunningRun } from './run-store.ts'

interface Dependencies {
  db: Database
  clock: Clock
  trackunit: TrackunitClient
  signal: AbortSignal
}

/** Between two writes of progress: at most five a second, whatever the action reports. */
const progressEveryMs = 200

/** What an action works with, over the rows of its run. Every write asks whether this worker still has the run. */
export function createRunContext(run: RunRow, { db, clock, trackunit, signal }: Dependencies) {
  const files = new Map<string, OpenArtifact>()
  const { id: runId, epoch, accountId } = run
  const startedAtMs = clock.monotonicMs()
  const startedDone = run.progress.done
  let progress = run.progress
  let steps = run.steps
  let isDirty = false
  let writtenAtMs = Number.NEGATIVE_INFINITY

  /** @throws RunStopped when the run is another worker's, or is to stop */
  async function write(
    change: (tx: Transaction) => Promise<void>,
    row: Parameters<typeof updateRunningRun>[2],
  ): Promise<void> {
    const state = await db.transaction(async (tx) => {
      const current = await updateRunningRun(tx, { runId, epoch }, { progress, steps, ...row })
      if (current !== undefined) await change(tx)
      return current
    })
    if (state !== 'running') throw new RunStopped()
    signal.throwIfAborted()
  }

  async function writeProgress(): Promise<void> {
    isDirty = false
    writtenAtMs = clock.monotonicMs()
    await write((tx) => appendEvent(tx, runId, { type: 'progress', progress, steps }), {})
  }

  const context: RunContext<Record<string, unknown>> = {
    accountId,
    input: run.input,
    mode: run.mode,
    trackunit,
    signal,
    resumedFrom: run.checkpoint ?? undefined,
    async progress({ done, total, message }) {
      const elapsedMs = clock.monotonicMs() - startedAtMs
      progress = {
        done,
        total,
        message,
        secondsLeft: secondsLeft({ done, total, since: { done: startedDone, elapsedMs } }),
      }
      isDirty = true
      if (clock.monotonicMs() - writtenAtMs >= progressEveryMs) await writeProgress()
    },
    async checkpoint(state) {
      for (const file of files.values()) await file.flush()
      await write(
        async (tx) => {
          for (const file of files.values()) await file.keep(tx)
        },
        { checkpoint: state, retries: 0 },
      )
    },
    async artifact({ name, mediaType }) {
      const open = files.get(name) ?? (await createArtifactWriter(db, { runId, accountId, name, mediaType }))
      files.set(name, open)
      return open
    },
    log: (message) => write((tx) => appendEvent(tx, runId, { type: 'log', message: message.slice(0, 500) }), {}),
    headline: (sentence) => write(async () => {}, { headline: sentence.slice(0, 300) }),
    async step(name, work) {
      const beganAtMs = clock.monotonicMs()
      const tookMs = () => Math.round(clock.monotonicMs() - beganAtMs)
      steps = withStep(steps, { name, state: 'running', tookMs: null })
      await writeProgress()
      try {
        const result = await work()
        steps = withStep(steps, { name, state: 'done', tookMs: tookMs() })
        await writeProgress()
        return result
      } catch (error) {
        steps = withStep(steps, { name, state: 'failed', tookMs: tookMs() })
        throw error
      }
    },
  }

  return {
    context,
    /** The last of everything, in the transaction that ends the run: progress as it was, each file offered. */
    async finish(tx: Transaction): Promise<void> {
      await updateRunningRun(tx, { runId, epoch }, { progress: { ...progress, secondsLeft: null }, steps })
      if (isDirty) await appendEvent(tx, runId, { type: 'progress', progress, steps })
      for (const file of files.values()) {
        const artifact = file.describe()
        if (artifact.bytes === 0) continue
        await file.keep(tx, { complete: true })
        await appendEvent(tx, runId, { type: 'artifact', artifact })
      }
    },
    async flush(): Promise<void> {
      for (const file of files.values()) await file.flush()
    },
  }
}
