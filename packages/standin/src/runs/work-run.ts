import type { ErrorReason } from '@standin/contracts'
import type { AnyAction } from '../actions/define-action.ts'
import { type Actor, record } from '../audit/record.ts'
import type { Clock } from '../clock.ts'
import type { Database, Transaction } from '../database/database.ts'
import type { MachineRegister } from '../machines/machine-register.ts'
import type { Logger } from '../observability/logger.ts'
import { traced } from '../observability/traced.ts'
import { StandinError } from '../standin-error.ts'
import type { TrackunitClient } from '../trackunit/trackunit-client.ts'
import { type Attempt, outcomeOfAttempt, refusalOfAction } from './outcome-of-attempt.ts'
import { promoteRuns } from './promote-runs.ts'
import { createRunContext } from './run-context.ts'
import { takeRun } from './run-lease-store.ts'
import { isFinal, type RunTransition } from './run-lifecycle.ts'
import { findPredecessors } from './run-predecessors.ts'
import { lockPromotion } from './run-promotion-store.ts'
import type { RunQueue } from './run-queue.ts'
import { handOver, lost, RunAbandoned, RunStopped, tooLong } from './run-stopped.ts'
import { findRun, lockRun, type RunRow } from './run-store.ts'
import { moveRun, type RunMove } from './run-transition-store.ts'
import { settledOrAbandoned } from './settled-or-abandoned.ts'

interface Dependencies {
  db: Database
  queue: RunQueue
  clock: Clock
  log: Logger
  findAction: (actionId: string) => AnyAction | undefined
  /** This process as the others see it; undefined while it has no session: then it takes nothing. */
  replicaId: () => number | undefined
  /** Trackunit's APIs with the account's token, for one run: after `signal` no request begins, and `cut` ends those under way. */
  trackunitFor: (run: RunRow, action: AnyAction, signals: { signal: AbortSignal; cut: AbortSignal }) => TrackunitClient
  machinesFor: (run: RunRow) => MachineRegister
  /** The most that an account's files take together; without it, as much as there is. */
  artifactBytesPerAccount?: number
  /** What whoever installed the app allowed; undefined where it is not known. */
  grantedScopesOf?: (accountId: string) => Promise<readonly string[] | undefined>
  /** How the account's access stands; without it nothing is waited for. */
  accessOf?: (accountId: string) => Promise<'works' | 'refused' | undefined>
  /** From 0 to 1, for pauses. */
  random?: () => number
  /** In the transaction that ends a run: what else has to be there when its end is. */
  onEnd?: (tx: Transaction, run: RunRow) => Promise<void>
}

export type WorkRun = ReturnType<typeof createWorkRun>

/** A run with which its worker died more often than this, without a checkpoint between, would go on doing so. */
const maxCrashes = 5
const maxAttemptMs = 6 * 3_600_000
/** An action that was told to stop has this long to come to its next checkpoint; then it is left alone. */
const graceMs = 10_000
/** A request that is under way when its process ends is answered within this, and the answer kept: it may not be asked again for long. */
const requestGraceMs = 8_000
/** After this a job that found its run held by another worker comes again. */
const lookAgainMs = 10_000
/** For what an action leaves of a run that ends before its time. */
const leavingMs = 20_000

const worker: Actor = { kind: 'system', id: 'worker' }

/** Works on promoted runs. Whatever happens, a run ends in one final state or waits as a job that somebody will take. */
export function createWorkRun(dependencies: Dependencies) {
  const { db, queue, clock, log, replicaId, findAction, trackunitFor, machinesFor, onEnd } = dependencies
  const { random = Math.random } = dependencies
  const working = new Set<{ runId: string; epoch?: number; abort: AbortController; ended: Promise<void> }>()
  let isHandingOver = false

  /** @throws when the database fails: nothing can be written then, and the run is released by its replica's reaper */
  async function workOn(runId: string): Promise<void> {
    const holder = replicaId()
    if (holder === undefined) throw new StandinError('STORAGE_UNAVAILABLE') // The job is given out again.
    const abort = new AbortController()
    const { promise: ended, resolve } = Promise.withResolvers<void>()
    const work: { runId: string; epoch?: number; abort: AbortController; ended: Promise<void> } = {
      runId,
      abort,
      ended,
    }
    working.add(work)
    if (isHandingOver) abort.abort(handOver)
    try {
      const run = await take(runId, holder)
      if (!run) return
      work.epoch = run.epoch
      if (replicaId() !== holder) abort.abort(lost)
      const { actionId, attempts } = run
      const attributes = { 'standin.run.id': runId, 'standin.action.id': actionId, 'standin.run.attempt': attempts }
      await traced(
        'standin.run',
        attributes,
        () => workOnTaken(run, abort),
        (failure) => failure,
      )
    } finally {
      working.delete(work)
      resolve()
    }
  }

  async function take(runId: string, holder: number): Promise<RunRow | undefined> {
    return db.transaction(async (tx) => {
      const taken = await takeRun(tx, runId, { replicaId: holder })
      if (taken !== 'held') return taken
      // This may be the job under which it is held. Without one, nobody would notice when its worker stops to answer.
      await queue.send(tx, runId, { notBefore: new Date(clock.now().getTime() + lookAgainMs) })
      return undefined
    })
  }

  /** @returns why it failed, if it did */
  async function workOnTaken(run: RunRow, abort: AbortController): Promise<ErrorReason | undefined> {
    const { signal } = abort
    const isToStop = run.state === 'cancelling'
    const isStuck = run.crashes > maxCrashes
    const action = findAction(run.actionId)
    const input = action?.input.safeParse(run.input)
    if (isToStop && (isStuck || !action?.leavePart || !input?.success)) return endTaken(run, 'stop')
    if (!action) return endTaken(run, 'fail', { reason: 'ACTION_NOT_FOUND' })
    if (isStuck) return endTaken(run, 'fail', { reason: 'RUN_STUCK' })
    if (!input?.success) return endTaken(run, 'fail', { reason: 'INPUT_INVALID' }) // The action has changed since.

    const cut = cutAfter(signal, { handOverMs: requestGraceMs })
    const opened = createRunContext(run, {
      ...{ db, clock, signal },
      trackunit: trackunitFor(run, action, { signal, cut: cut.signal }),
      machines: machinesFor(run),
      grantedScopes: await dependencies.grantedScopesOf?.(run.accountId),
      predecessors: await findPredecessors(db, run),
      artifactBytesPerAccount: dependencies.artifactBytesPerAccount,
    })
    const { context, lastWords, flush } = opened
    const timeIsUp = setTimeout(() => abort.abort(tooLong), action.limits?.maxAttemptMs ?? maxAttemptMs)
    let failure: Attempt['failure']
    try {
      if (isToStop) throw new RunStopped()
      signal.throwIfAborted()
      await settledOrAbandoned(action.run({ ...context, input: input.data }), { signal, graceMs })
      await flush()
    } catch (error) {
      failure = { error }
      await flush().catch(() => {}) // A partial file is as long as could be written.
    } finally {
      clearTimeout(timeIsUp)
      cut.end()
    }
    const hasAccess = failure !== undefined && (await dependencies.accessOf?.(run.accountId)) !== undefined
    const attempt = { failure, abortedBy: signal.aborted ? signal.reason : undefined, hasAccess, random: random() }
    if (failure) await leavePart(run, { action, input: input.data, opened, attempt })
    await settle(run, { attempt, lastWords })
    return failure && !signal.aborted && !isToStop ? refusalOfAction(failure.error).reason : undefined
  }

  /** Where the run is about to end: what its action makes of the part that was done. What goes wrong costs that alone. */
  async function leavePart(
    run: RunRow,
    {
      action,
      input,
      opened: { leaving, flush },
      attempt,
    }: {
      action: AnyAction
      input: unknown
      opened: ReturnType<typeof createRunContext>
      attempt: Omit<Attempt, 'state' | 'retries'>
    },
  ): Promise<void> {
    if (!action.leavePart || attempt.failure?.error instanceof RunAbandoned) return
    try {
      const current = await findRun(db, run.id)
      if (current?.epoch !== run.epoch || current.reason === 'INSTALLATION_UNINSTALLED') return
      if (outcomeOfAttempt({ ...attempt, ...current }).transition === 'pause') return
      const signal = AbortSignal.timeout(leavingMs)
      await settledOrAbandoned(action.leavePart({ ...leaving(), input }), { signal, graceMs: 0 })
      await flush()
    } catch (error) {
      log.warn({ err: error, runId: run.id }, 'nothing more was left of a run')
      await flush().catch(() => {})
    }
  }

  /** What becomes of a run after an attempt, decided and done while nobody else can change it. */
  async function settle(
    run: RunRow,
    { attempt, lastWords }: { attempt: Omit<Attempt, 'state' | 'retries'> } & Pick<Required<RunMove>, 'lastWords'>,
  ): Promise<void> {
    await db.transaction(async (tx) => {
      await lockPromotion(tx, run.accountId)
      const current = await lockRun(tx, run.id)
      if (current?.epoch !== run.epoch) return // Another worker has it.
      const outcome = outcomeOfAttempt({ ...attempt, ...current })
      if ('reason' in outcome) log.warn({ err: attempt.failure?.error, runId: run.id, ...outcome }, 'run interrupted')
      else if (outcome.transition === 'pause') log.info({ runId: run.id, why: attempt.abortedBy }, 'run goes on later')
      if (outcome.transition !== 'pause') {
        const { transition, ...why } = outcome
        return end(tx, run, transition, { ...why, lastWords })
      }
      const { pauseMs, transition: _, ...move } = outcome
      return goOnLater(tx, run, { notBefore: new Date(clock.now().getTime() + pauseMs), ...move })
    })
  }

  /** Ends a run that was taken, but never began. @returns why, where it fails */
  async function endTaken(
    run: RunRow,
    transition: RunTransition,
    move: { reason?: ErrorReason } = {},
  ): Promise<ErrorReason | undefined> {
    await db.transaction(async (tx) => {
      await lockPromotion(tx, run.accountId)
      await end(tx, run, transition, move)
    })
    return move.reason
  }

  async function end(
    tx: Transaction,
    { id: runId, epoch, accountId, actionId }: RunRow,
    transition: RunTransition,
    move: RunMove,
  ): Promise<void> {
    const ended = await moveRun(tx, runId, transition, { ...move, epoch })
    if (!ended || !isFinal(ended.state)) return
    const details = { runId, actionId, reason: ended.reason }
    await record(tx, { actor: worker, event: `run.${ended.state}`, accountId, details })
    await onEnd?.(tx, ended)
    await promoteRuns(tx, queue, accountId)
  }

  /** Keeps its turn, and becomes a job again for later; meanwhile the account's next may begin. */
  async function goOnLater(
    tx: Transaction,
    { id, epoch, urgency, accountId }: RunRow,
    { notBefore, ...move }: { notBefore: Date; reason?: ErrorReason; retries?: number },
  ): Promise<void> {
    const paused = await moveRun(tx, id, 'pause', { ...move, epoch, waitingUntil: notBefore })
    if (!paused) return
    await queue.send(tx, id, { notBefore, urgency })
    await promoteRuns(tx, queue, accountId)
  }

  return {
    workOn,
    /** The runs that this process has, with the epoch under which it took them; undefined while it takes one. */
    working: (): ReadonlyMap<string, number | undefined> =>
      new Map([...working].map(({ runId, epoch }) => [runId, epoch])),
    /** Interrupts runs of this process that somebody else may have: all of them, or one. */
    lose(runId?: string): void {
      for (const work of working) if (runId === undefined || work.runId === runId) work.abort.abort(lost)
    },
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

/** A signal that follows another: at once, but later where a run is only handed over. */
function cutAfter(
  signal: AbortSignal,
  { handOverMs }: { handOverMs: number },
): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const follow = () => {
    const cut = () => controller.abort(signal.reason)
    if (signal.reason === handOver) timer = setTimeout(cut, handOverMs)
    else cut()
  }
  if (signal.aborted) follow()
  else signal.addEventListener('abort', follow, { once: true })
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer)
      signal.removeEventListener('abort', follow)
    },
  }
}
