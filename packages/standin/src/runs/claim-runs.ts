import { traced } from '../observability/traced.ts'
import { claimRuns, msUntilNextDue } from './run-lease-store.ts'
import { handOver, lost } from './run-stopped.ts'
import type { RunRow } from './run-store.ts'
import type { RunsContext } from './runs-context.ts'
import { workOnRun } from './work-run.ts'

/** How many runs one process works on at the same time. */
const runsAtOnce = 8
/** A claim takes milliseconds. A worker without a completed one for this long counts as stuck. */
const stuckAfterMs = 5_000

/**
 * Claims due runs, as many as this process has room for, and starts to work on them. Woken by `run_due`.
 * @returns in how many milliseconds the next run is due, as far as it is known; false when nothing waits
 */
export async function claimDueRuns(ctx: RunsContext): Promise<number | boolean> {
  return ctx.runs.oneAtATime(async () => {
    const { runs, listener, clock, db } = ctx
    const replicaId = listener.replica.id()
    if (replicaId === undefined || runs.isHandingOver) return false
    const limit = runsAtOnce - runs.working.size
    const claimed = limit > 0 ? await claimRuns(ctx, { replicaId, limit }) : []
    runs.claimedAtMs = clock.monotonicMs()
    runs.mayBeMoreDue = limit <= 0 || claimed.length === limit
    for (const run of claimed) void startWork(ctx, run)
    if (runs.working.size >= runsAtOnce) return false // The next claim follows when one of these ends.
    return (await msUntilNextDue(db)) ?? false
  })
}

/**
 * Whether the worker of this process claims what is due: it has just looked for due runs, or has no room for more. Not
 * so for a worker that is stuck; it is not ready then.
 */
export function isClaiming({ runs, clock }: RunsContext): boolean {
  return runs.working.size >= runsAtOnce || clock.monotonicMs() - runs.claimedAtMs < stuckAfterMs
}

/** Whether a run can be claimed was asked just now: where none can, the worker is not stuck. */
export function noteRunsDue({ runs, clock }: RunsContext, inMs: number | undefined): void {
  if (inMs === undefined || inMs > 0) runs.claimedAtMs = clock.monotonicMs()
}

/** Works on a run that this process has claimed. Never rejects: what cannot be written now is reaped. */
export async function startWork(ctx: RunsContext, run: RunRow): Promise<void> {
  const { runs, log } = ctx
  const { id: runId, accountId, epoch, actionId, attempts } = run
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  const work = { runId, accountId, epoch, abort: new AbortController(), ended }
  runs.working.add(work)
  if (runs.isHandingOver) work.abort.abort(handOver)
  if (run.replicaId !== ctx.listener.replica.id()) work.abort.abort(lost)
  const attributes = { 'standin.run.id': runId, 'standin.action.id': actionId, 'standin.run.attempt': attempts }
  try {
    await runs.withSmallHeap(() =>
      traced(
        'standin.run',
        attributes,
        () => workOnRun(ctx, run, work.abort),
        (reason) => reason,
      ),
    )
  } catch (error) {
    log.error({ err: error, runId }, 'a run was interrupted by an error of the server; it is claimed again')
  } finally {
    runs.working.delete(work)
    end()
    // Each that ends makes room for one, also while a claim is under way that counted it as working.
    if (runs.mayBeMoreDue)
      claimDueRuns(ctx).catch((error: unknown) => log.error({ err: error }, 'claiming runs failed'))
  }
}

/** Interrupts the runs of this process, so that other workers continue with them, and waits for it. Claims none after that. */
export async function handOverRuns({ runs }: RunsContext): Promise<void> {
  runs.isHandingOver = true
  for (const { abort } of runs.working) abort.abort(handOver)
  await runs.oneAtATime(async () => {}) // What a claim under way still brings is interrupted when it starts.
  await Promise.all([...runs.working].map(({ ended }) => ended))
}
