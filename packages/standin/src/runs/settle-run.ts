import type { ErrorReason } from '@standin/contracts'
import type { Actor } from '../audit/record.ts'
import { type InTransaction, inTransaction } from '../context.ts'
import type { RequestLimit } from '../standin-error.ts'
import { moveRun } from './move-run.ts'
import { type EndOfAttempt, type Outcome, outcomeOfAttempt } from './outcome-of-attempt.ts'
import { promoteRuns } from './promote-runs.ts'
import { appendEvent } from './run-event-store.ts'
import { isFinal } from './run-lifecycle.ts'
import { whileWaiting } from './run-progress.ts'
import { announceDue, lockForMove, lockPromotion } from './run-promotion-store.ts'
import type { RunRow } from './run-store.ts'
import type { RunsContext, RunWork } from './runs-context.ts'

const worker: Actor = { kind: 'system', id: 'worker' }

type Pause = Extract<Outcome, { transition: 'pause' }>
type End = Exclude<Outcome, Pause>

/** Decides what happens to a run after an attempt and writes it, while its row is locked. */
export async function settleRun(ctx: RunsContext, run: RunRow, work: RunWork, end: EndOfAttempt): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const current = await lockForMove(tx.db, run)
    if (current?.epoch !== run.epoch) return // Another worker holds it.
    const outcome = outcomeOfAttempt({ ...current, ...end })
    if ('reason' in outcome) ctx.log.warn({ err: end.failure?.error, runId: run.id, ...outcome }, 'run interrupted')
    else if (outcome.transition === 'pause') ctx.log.info({ runId: run.id, why: end.abortedBy }, 'run continues later')
    if (outcome.transition === 'pause') await pauseRun(tx, { ...current, ...work.progress() }, outcome)
    else return writeEnd(tx, run, outcome, { work, locked: current })
    await promoteRuns(tx, run.accountId)
  })
}

/** Ends a claimed run without an attempt. @returns why, if it fails */
export async function endRun(ctx: RunsContext, run: RunRow, end: End): Promise<ErrorReason | undefined> {
  await inTransaction(ctx, async (tx) => {
    await lockPromotion(tx.db, run.accountId)
    await writeEnd(tx, run, end)
  })
  return 'reason' in end ? end.reason : undefined
}

/** Ends the run and promotes the account's next ones. @param given.locked the row, which this transaction has locked */
async function writeEnd(
  tx: InTransaction<RunsContext>,
  run: RunRow,
  { transition, ...why }: End,
  { work, locked }: { work?: RunWork; locked?: RunRow } = {},
): Promise<void> {
  const { epoch, accountId } = run
  const ended = await moveRun(tx, run, transition, {
    ...why,
    epoch,
    locked,
    entryOfEnd: ({ state, reason }) => ({
      actor: worker,
      event: `run.${state}`,
      accountId,
      details: { runId: run.id, actionId: run.actionId, reason },
    }),
    async beforeMove() {
      const kept = await work?.keepAll(tx)
      for (const whenEnding of tx.runs.whenEnding) await whenEnding(tx, run)
      return { ...kept }
    },
  })
  // Neither needs the other's result.
  await Promise.all([ended && isFinal(ended.state) && noteEnd(tx, ended), promoteRuns(tx, accountId)])
}

async function noteEnd(tx: InTransaction<RunsContext>, ended: RunRow): Promise<void> {
  for (const whenEnded of tx.runs.whenEnded) await whenEnded(tx, ended)
  tx.metrics.countEndedRun(ended)
}

/** The progress of a run that waits for a rate limit. */
function waitFor({ progress, steps }: RunRow, { most, windowMs }: RequestLimit) {
  const everySeconds = Math.round(windowMs / 1_000)
  return { waitingFor: { requests: most, everySeconds }, ...whileWaiting({ progress, steps }, everySeconds) }
}

/** The run stays promoted and is due again later; the account's next run may begin in the meantime. */
async function pauseRun(
  tx: InTransaction<RunsContext>,
  run: RunRow,
  { pauseMs, transition, limit, ...change }: Pause,
): Promise<void> {
  const waitingUntil = new Date(tx.clock.now().getTime() + pauseMs)
  const waits = limit && waitFor(run, limit)
  const paused = await moveRun(tx, run, transition, {
    ...change,
    epoch: run.epoch,
    waitingUntil,
    waitingFor: waits?.waitingFor ?? null,
    async beforeMove() {
      if (!waits) return {}
      const { progress, steps } = waits
      await appendEvent(tx, run, { type: 'progress', progress, steps })
      return { progress, steps }
    },
  })
  if (paused) announceDue(tx.notices)
}
