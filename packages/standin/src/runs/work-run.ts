import { type ErrorReason, errorReasons } from '@standin/contracts'
import { z } from 'zod'
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
import { lockPromotion, lockRun, moveRun, type RunMove, type RunRow, takeRun } from './run-store.ts'

interface Dependencies {
  db: Database
  queue: RunQueue
  clock: Clock
  log: Logger
  findAction: (actionId: string) => AnyAction | undefined
  /** Trackunit's APIs with the account's token, for one run. */
  trackunitFor: (run: RunRow, action: AnyAction, signal: AbortSignal) => TrackunitClient
}

/** A run with which its worker died more often than this, without a checkpoint between, would go on doing so. */
const maxCrashes = 5
const maxRetries = 5
/** Doubles with each failure in a row: with five retries, a run outlasts a minute of trouble. */
const firstPauseMs = 2_000
const patientPauseMs = 5_000
/** Why a signal was aborted: the process ends, and another worker goes on. */
const handOver = 'hand over'

const worker: Actor = { kind: 'system', id: 'worker' }

/** Works on promoted runs. Whatever happens, a run ends in one final state or waits as a job that somebody will take. */
export function createWorkRun({ db, queue, clock, log, findAction, trackunitFor }: Dependencies) {
  const working = new Set<{ runId: string; abort: AbortController; ended: Promise<void> }>()
  let isHandingOver = false

  /** @throws when the database fails: nothing can be written then, and the job is given out again */
  async function workOn(runId: string): Promise<void> {
    const abort = new AbortController()
    const { promise: ended, resolve } = Promise.withResolvers<void>()
    const work = { runId, abort, ended }
    working.add(work)
    if (isHandingOver) abort.abort(handOver)
    try {
      const run = await db.transaction((tx) => takeRun(tx, runId))
      if (run) await workOnTaken(run, abort.signal)
    } finally {
      working.delete(work)
      resolve()
    }
  }

  async function workOnTaken(run: RunRow, signal: AbortSignal): Promise<void> {
    if (run.state === 'cancelling') return endTaken(run, 'stop')
    const action = findAction(run.actionId)
    if (!action) return endTaken(run, 'fail', { reason: 'ACTION_NOT_FOUND' })
    if (run.crashes > maxCrashes) return endTaken(run, 'fail', { reason: 'INTERNAL' })
    const input = action.input.safeParse(run.input)
    if (!input.success) return endTaken(run, 'fail', { reason: 'INPUT_INVALID' }) // The action has changed since.

    const { context, lastWords, flush } = createRunContext(run, {
      ...{ db, clock, signal },
      trackunit: trackunitFor(run, action, signal),
    })
    let failure: { error: unknown } | undefined
    try {
      signal.throwIfAborted()
      await action.run({ ...context, input: input.data })
      await flush()
    } catch (error) {
      failure = { error }
      await flush().catch(() => {}) // A partial file is as long as could be written.
    }
    await settle(run, { failure, signal, lastWords })
  }

  /** What becomes of a run after an attempt, decided and done while nobody else can change it. */
  async function settle(
    run: RunRow,
    {
      failure,
      signal,
      lastWords,
    }: { failure: { error: unknown } | undefined; signal: AbortSignal } & Pick<Required<RunMove>, 'lastWords'>,
  ): Promise<void> {
    await db.transaction(async (tx) => {
      await lockPromotion(tx, run.accountId)
      const current = await lockRun(tx, run.id)
      if (current?.epoch !== run.epoch) return // Another worker has it.
      if (!failure) return end(tx, run, 'succeed', { lastWords })
      if (current.state === 'cancelling') return end(tx, run, 'stop', { lastWords })
      if (signal.aborted && signal.reason === handOver) return goOnLater(tx, run, { notBefore: clock.now() })

      const { reason, retryAfterMs } = refusalOfAction(failure.error)
      const { retries } = current
      const pauseMs = pauseBeforeRetry({ reason, retryAfterMs, retries })
      log.warn({ err: failure.error, runId: run.id, reason, pauseMs }, 'run interrupted')
      if (pauseMs === undefined) return end(tx, run, 'fail', { reason, lastWords })
      await goOnLater(tx, run, {
        notBefore: new Date(clock.now().getTime() + pauseMs),
        reason,
        retries: isPatient(reason) ? retries : retries + 1,
      })
    })
  }

  /** Ends a run that was taken, but never began. */
  async function endTaken(run: RunRow, transition: RunTransition, move: RunMove = {}): Promise<void> {
    await db.transaction(async (tx) => {
      await lockPromotion(tx, run.accountId)
      await end(tx, run, transition, move)
    })
  }

  async function end(
    tx: Transaction,
    { id: runId, epoch, accountId, actionId }: RunRow,
    transition: RunTransition,
    move: RunMove,
  ): Promise<void> {
    const ended = await moveRun(tx, runId, transition, { ...move, epoch })
    if (!ended) return
    const details = { runId, actionId, reason: ended.reason }
    await record(tx, { actor: worker, event: `run.${ended.state}`, accountId, details })
    await promoteRuns(tx, queue, accountId)
  }

  /** Keeps its turn, and becomes a job again for later. */
  async function goOnLater(
    tx: Transaction,
    { id, epoch }: RunRow,
    { notBefore, ...move }: { notBefore: Date; reason?: ErrorReason; retries?: number },
  ): Promise<void> {
    const paused = await moveRun(tx, id, 'pause', { ...move, epoch, waitingUntil: notBefore })
    if (paused) await queue.send(tx, id, { notBefore })
  }

  return {
    workOn,
    /** Interrupts a run of this process that was cancelled. */
    cancel(runId: string): void {
      for (const work of working) if (work.runId === runId) work.abort.abort('cancelled')
    },
    /** Interrupts all runs of this process, so that other workers go on with them. Takes no more from then on. */
    async handOver(): Promise<void> {
      isHandingOver = true
      await queue.rest()
      const all = [...working]
      for (const { abort } of all) abort.abort(handOver)
      await Promise.allSettled(all.map(({ ended }) => ended))
    },
  }
}

/** What a run failed of. A schema that refuses in the middle of an action is a fault of the action, not of its input. */
function refusalOfAction(error: unknown) {
  return toRefusal(error instanceof z.ZodError ? undefined : error)
}

/** Limits of Trackunit's and credentials that are not proven yet are no failures of a run: it waits, however often. */
const isPatient = (reason: ErrorReason) => errorReasons[reason].retry === 'after' || reason === 'CREDENTIALS_PENDING'

/** How long a run waits after a failure, or undefined where trying again cannot help or was tried often enough. */
export function pauseBeforeRetry({
  reason,
  retryAfterMs = 0,
  retries,
}: {
  reason: ErrorReason
  retryAfterMs: number | undefined
  /** Failures in a row before this one, since the last checkpoint. */
  retries: number
}): number | undefined {
  if (isPatient(reason)) return Math.max(retryAfterMs, patientPauseMs)
  if (errorReasons[reason].retry === 'never' || retries >= maxRetries) return undefined
  return Math.max(retryAfterMs, firstPauseMs * 2 ** retries)
}
