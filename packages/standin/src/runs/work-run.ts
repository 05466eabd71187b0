import { type ErrorReason, errorReasons } from '@standin/contracts'
import { type Actor, record } from '../audit/record.ts'
import type { Clock } from '../clock.ts'
import type { Database, Transaction } from '../database/database.ts'
import type { Logger } from '../observability/logger.ts'
import { toRefusal } from '../refusal.ts'
import type { TrackunitClient } from '../trackunit/trackunit-client.ts'
import type { AnyAction } from './define-action.ts'
import { promoteRuns } from './promote-runs.ts'
import { createRunContext } from './run-context.ts'
import type { RunTransition } from './run-lifecycle.ts'
import type { RunQueue } from './run-queue.ts'
import { findRun, moveRun, type RunRow } from './run-store.ts'

interface Dependencies {
  db: Database
  queue: RunQueue
  clock: Clock
  log: Logger
  findAction: (actionId: string) => AnyAction | undefined
  /** Trackunit's APIs with the account's token, for one run. */
  trackunitFor: (run: RunRow, action: AnyAction, signal: AbortSignal) => TrackunitClient
}

/** A run with which its worker died this often takes its worker with it. */
const maxCrashes = 5
const maxRetries = 5
/** Why a signal was aborted: the process ends, and another worker goes on. */
const handOver = 'hand over'

const worker: Actor = { kind: 'system', id: 'worker' }

/** Works on promoted runs. Whatever happens, a run ends in one final state or waits as a job that somebody will take. */
export function createWorkRun({ db, queue, clock, log, findAction, trackunitFor }: Dependencies) {
  const working = new Map<string, { abort: AbortController; ended: Promise<void> }>()

  async function workOn(runId: string): Promise<void> {
    const run = await db.transaction((tx) => moveRun(tx, runId, 'take'))
    if (!run) return
    if (run.state === 'cancelling') return end(run, 'stop', { reason: run.reason })
    const action = findAction(run.actionId)
    if (!action) return end(run, 'fail', { reason: 'ACTION_NOT_FOUND' })
    if (run.crashes > maxCrashes) return end(run, 'fail', { reason: 'INTERNAL' })

    const abort = new AbortController()
    const ended = Promise.withResolvers<void>()
    working.set(runId, { abort, ended: ended.promise })
    try {
      await perform(run, action, abort.signal)
    } finally {
      working.delete(runId)
      ended.resolve()
    }
  }

  async function perform(run: RunRow, action: AnyAction, signal: AbortSignal): Promise<void> {
    const trackunit = trackunitFor(run, action, signal)
    const { context, finish, flush } = createRunContext(run, { db, clock, trackunit, signal })
    try {
      await action.run({ ...context, input: action.input.parse(run.input) })
      await flush()
      await end(run, 'succeed', { finish })
    } catch (error) {
      const { state, epoch } = (await findRun(db, run.id)) ?? {}
      if (epoch !== run.epoch) return // Another worker has it.
      if (state === 'cancelling') {
        await flush()
        return end(run, 'stop', { finish })
      }
      if (signal.aborted && signal.reason === handOver) return goOnLater(run, { notBefore: clock.now() })

      const { reason, retryAfterMs } = toRefusal(error)
      if (reason === 'STORAGE_UNAVAILABLE') throw error // Nothing can be written now: the job is given out again.
      const pauseMs = pauseBeforeRetry({ reason, retryAfterMs, retries: run.retries })
      log.warn({ err: error, runId: run.id, reason, pauseMs }, 'run interrupted')
      if (pauseMs !== undefined) {
        return goOnLater(run, {
          notBefore: new Date(clock.now().getTime() + pauseMs),
          reason,
          retries: run.retries + 1,
        })
      }
      await flush()
      await end(run, 'fail', { reason, finish })
    }
  }

  async function end(
    { id: runId, epoch, accountId, actionId }: RunRow,
    transition: RunTransition,
    { reason = null, finish }: { reason?: ErrorReason | null; finish?: (tx: Transaction) => Promise<void> } = {},
  ): Promise<void> {
    await db.transaction(async (tx) => {
      await finish?.(tx)
      const ended = await moveRun(tx, runId, transition, { epoch, reason })
      if (!ended) return
      await record(tx, { actor: worker, event: `run.${ended.state}`, accountId, details: { runId, actionId, reason } })
      await promoteRuns(tx, queue, accountId)
    })
  }

  /** Keeps its turn, and becomes a job again for later. */
  async function goOnLater(
    { id, epoch }: RunRow,
    { notBefore, ...change }: { notBefore: Date; reason?: ErrorReason; retries?: number },
  ): Promise<void> {
    await db.transaction(async (tx) => {
      const paused = await moveRun(tx, id, 'pause', { reason: null, ...change, epoch, waitingUntil: notBefore })
      if (paused?.state === 'waiting') await queue.send(tx, id, { notBefore })
    })
  }

  return {
    workOn,
    /** Interrupts a run of this process that was cancelled. */
    cancel: (runId: string) => working.get(runId)?.abort.abort('cancelled'),
    /** Interrupts all runs of this process, so that other workers go on with them. */
    async handOver(): Promise<void> {
      const all = [...working.values()]
      for (const { abort } of all) abort.abort(handOver)
      await Promise.allSettled(all.map(({ ended }) => ended))
    },
  }
}

/**
 * How long a run waits after a failure, or undefined where trying again cannot help or was tried often enough.
 * Limits of Trackunit's and credentials that are not proven yet are no failures of the run: it waits, however often.
 */
export function pauseBeforeRetry({
  reason,
  retryAfterMs = 0,
  retries,
}: {
  reason: ErrorReason
  retryAfterMs: number | undefined
  retries: number
}): number | undefined {
  const { retry } = errorReasons[reason]
  const isPatient = retry === 'after' || reason === 'CREDENTIALS_PENDING'
  if (retry === 'never' || (!isPatient && retries >= maxRetries)) return undefined
  return Math.max(retryAfterMs, Math.min(60_000, 2_000 * 2 ** Math.min(retries, 10)))
}
