import type { Message } from '@standin/contracts'
import type { Clock } from '../clock.ts'
import type { Context } from '../context.ts'
import { storableMessage } from '../results/understand-rows.ts'
import { overall, withCounted, withStep } from '../runs/run-progress.ts'
import { StandinError } from '../standin-error.ts'
import { announceProgress, isProgressDue, type OpenRun, writeRun } from './open-run.ts'

export async function reportProgress(
  ctx: Context,
  open: OpenRun,
  { done, total, message }: { done: number; total: number | null; message: Message },
): Promise<void> {
  const counted = understandCount({ done, total })
  open.steps = withCounted(open.steps, counted)
  open.progress = { ...open.progress, ...counted, message: storableMessage(message, 200) }
  estimate(open, ctx.clock)
  if (isProgressDue(open, ctx.clock)) await writeRun(ctx, open, {})
}

/** Runs a step of the work and announces its begin and end. */
export async function runStep<Result>(
  ctx: Context,
  open: OpenRun,
  { name, work }: { name: Message; work: () => Promise<Result> },
): Promise<Result> {
  const { clock } = ctx
  const beganAtMs = clock.monotonicMs()
  const become = (state: 'running' | 'done') => {
    const tookMs = state === 'running' ? null : Math.round(clock.monotonicMs() - beganAtMs)
    open.steps = withStep(open.steps, { name: storableMessage(name, 100), state, tookMs })
    open.isDirty = true
  }
  const announce = () => writeRun(ctx, open, {}, { change: (tx) => announceProgress(tx, open, clock) })
  become('running')
  open.step = { done: open.steps.find(({ state }) => state === 'running')?.counted?.done ?? 0, startedAtMs: beganAtMs }
  estimate(open, clock)
  await announce()
  const result = await work() // If it throws, the run waits in this step, or fails in it.
  become('done')
  estimate(open, clock)
  await announce()
  return result
}

/** How much of the whole is done, and how long the rest takes. */
function estimate(open: OpenRun, clock: Clock): void {
  const nowMs = clock.monotonicMs()
  const { done, startedAtMs } = open.step
  const pace = { elapsedMs: nowMs - open.startedAtMs, step: { done, elapsedMs: nowMs - startedAtMs } }
  open.progress = { ...open.progress, ...overall(open, open.usual, pace) }
  open.isDirty = true
}

/**
 * Whole numbers that everyone who lists the account's runs can read.
 * @throws StandinError `ACTION_FAULTY` for NaN, and what is no number
 */
export function understandCount({ done, total }: { done: number; total: number | null }) {
  if (!Number.isFinite(done) || (total !== null && !Number.isFinite(total)))
    throw new StandinError('ACTION_FAULTY', {
      detail: `Its progress has done: ${Number(done)} and total: ${total === null ? null : Number(total)}. Both are numbers; a total that is unknown is null.`,
    })
  return { done: wholeNumber(done), total: total === null ? null : wholeNumber(total) }
}

const wholeNumber = (value: number) => Math.min(Math.max(0, Math.round(value)), Number.MAX_SAFE_INTEGER)
