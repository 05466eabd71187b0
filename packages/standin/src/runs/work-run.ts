import type { ErrorReason } from '@standin/contracts'
import { accessOf } from '../accounts/credentials-in-force.ts'
import { type Attempt, type EndOfAttempt, outcomeOfAttempt, refusalOfAction } from './outcome-of-attempt.ts'
import { handOver, RunAbandoned, RunStopped, tooLong } from './run-stopped.ts'
import { findRun, type RunRow } from './run-store.ts'
import type { RunsContext, RunWork } from './runs-context.ts'
import { endRun, settleRun } from './settle-run.ts'
import { settledOrAbandoned } from './settled-or-abandoned.ts'

/** A run that has ended its worker more often than this, without a checkpoint in between, would do so again. */
const maxCrashes = 5
const maxAttemptMs = 6 * 3_600_000
/** An action that must stop has this long to reach its next checkpoint; then it is abandoned. */
const graceMs = 10_000
/**
 * A request that is under way when its process ends may take this long, and its answer is kept: Trackunit might not allow
 * it again for a while.
 */
const requestGraceMs = 8_000
/** How long `leavePart` may take. */
const leavingMs = 20_000

/**
 * Works on a claimed run: open → attempt → leave a part → settle. The run ends in a final state, or waits and is claimed again.
 * @param abort ends this attempt, also when its time is up
 * @returns why the run failed, if it did
 * @throws if the database fails: nothing can be written then, and the run is reaped
 */
export async function workOnRun(
  ctx: RunsContext,
  run: RunRow,
  abort: AbortController,
): Promise<ErrorReason | undefined> {
  const { signal } = abort
  const isToStop = run.state === 'cancelling'
  if (run.crashes > maxCrashes) return endRun(ctx, run, isToStop ? { transition: 'stop' } : stuck)

  const cut = cutAfter(signal, { handOverMs: requestGraceMs })
  try {
    const work = await ctx.runs.openWork(run, { signal, cut: cut.signal })
    if (isToStop && ('reason' in work || !work.leavePart)) return endRun(ctx, run, { transition: 'stop' })
    if ('reason' in work) return endRun(ctx, run, { transition: 'fail', reason: work.reason })

    const failure = isToStop ? { error: new RunStopped() } : await attempt(work, abort)
    cut.end()
    const end: EndOfAttempt = {
      failure,
      abortedBy: signal.aborted ? signal.reason : undefined,
      hasAccess: failure !== undefined && (await accessOf(ctx.db, run.accountId)) !== undefined,
      isProduction: ctx.config.production,
      random: ctx.random(),
    }
    if (failure) await leavePart(ctx, run, work, end)
    await settleRun(ctx, run, work, end)
    return failure && !signal.aborted && !isToStop ? refusalOfAction(failure.error).reason : undefined
  } finally {
    cut.end()
  }
}

const stuck = { transition: 'fail', reason: 'RUN_STUCK' } as const

/** Runs the action until it ends, has to stop, or its time is up. @returns what stopped it, if anything did */
async function attempt(work: RunWork, abort: AbortController): Promise<Attempt['failure']> {
  const { signal } = abort
  const timeIsUp = setTimeout(() => abort.abort(tooLong), work.maxAttemptMs ?? maxAttemptMs)
  try {
    signal.throwIfAborted()
    await settledOrAbandoned(work.run(), { signal, graceMs })
    await work.flush()
    return undefined
  } catch (error) {
    await work.flush().catch(() => {}) // A partial file keeps what could be written.
    return { error }
  } finally {
    clearTimeout(timeIsUp)
  }
}

/** If the run is about to end: lets its action make the work done so far readable. An error here costs only that. */
async function leavePart(ctx: RunsContext, run: RunRow, work: RunWork, end: EndOfAttempt): Promise<void> {
  if (!work.leavePart || end.failure?.error instanceof RunAbandoned) return
  try {
    const current = await findRun(ctx.db, run)
    if (current?.epoch !== run.epoch || current.reason === 'INSTALLATION_UNINSTALLED') return
    if (outcomeOfAttempt({ ...current, ...end }).transition === 'pause') return
    await settledOrAbandoned(work.leavePart(), { signal: AbortSignal.timeout(leavingMs), graceMs: 0 })
    await work.flush()
  } catch (error) {
    ctx.log.warn({ err: error, runId: run.id }, 'a run left no more than it had at its last checkpoint')
    await work.flush().catch(() => {})
  }
}

/** A signal that follows another: at once, but some seconds later where a run is only handed over. */
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
