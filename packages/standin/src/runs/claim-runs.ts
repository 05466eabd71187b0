import { traced } from '../observability/traced.ts'
import { claimRuns, msUntilNextDue } from './run-lease-store.ts'
import { handOver, lost } from './run-stopped.ts'
import type { RunRow } from './run-store.ts'
import type { RunsContext } from './runs-context.ts'
import { workOnRun } from './work-run.ts'

/** How many runs one process works on at the same time. */
const runsAtOnce = 8
/** A claim takes milliseconds. A worker that completes none for this long counts as stuck. */
const stuckAfterMs = 5_000

/**
 * Claims due runs, as many as this process has room for, and starts to work on them. Woken by `run_due`.
 * @returns in how many milliseconds the next run is due, if known; false if nothing waits
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
 * Whether the worker of this process claims what is due: it has just looked for due runs, or has no room for more. A stuck
 * worker does not, and the process is then not ready.
 */
export function isClaiming({ runs, clock }: RunsContext): boolean {
  return runs.working.size >= runsAtOnce || clock.monotonicMs() - runs.claimedAtMs < stuckAfterMs
}

/** The database was just asked for claimable runs: if there are none, the worker is not stuck. */
export function noteRunsDue({ runs, clock }: RunsContext, inMs: number | undefined): void {
  if (inMs === undefined || inMs > 0) runs.claimedAtMs = clock.monotonicMs()
}

/** Works on a run that this process has claimed. Never rejects: a run whose end cannot be written is reaped. */
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
    // Each end makes room for a run, also during a claim that still counted this one.
    if (runs.mayBeMoreDue)
      claimDueRuns(ctx).catch((error: unknown) => log.error({ err: error }, 'claiming runs failed'))
  }
}

/** Interrupts the runs of this process, so that other workers continue them, and waits until they have ended. Claims no more. */
export async function handOverRuns({ runs }: RunsContext): Promise<void> {
  runs.isHandingOver = true
  for (const { abort } of runs.working) abort.abort(handOver)
  await runs.oneAtATime(async () => {}) // A claim under way may still bring runs; they are interrupted when they start.
  await Promise.all([...runs.working].map(({ ended }) => ended))
}
