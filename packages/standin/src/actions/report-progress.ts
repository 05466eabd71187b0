import type { Context } from '../context.ts'
import { storable } from '../results/understand-rows.ts'
import { secondsLeft, withStep } from '../runs/run-progress.ts'
import { isProgressDue, type OpenRun, tellProgress, writeRun } from './open-run.ts'

export async function reportProgress(
  ctx: Context,
  open: OpenRun,
  { done, total, message }: { done: number; total: number | null; message: string },
): Promise<void> {
  const since = { done: open.run.progress.done, elapsedMs: ctx.clock.monotonicMs() - open.startedAtMs }
  open.progress = {
    done: wholeNumber(done),
    total: total === null ? null : wholeNumber(total),
    message: storable(message, 200),
    secondsLeft: secondsLeft({ done, total, since }),
  }
  open.isDirty = true
  if (isProgressDue(open, ctx.clock)) await writeRun(ctx, open, {})
}

/** Runs a part of the work and tells when it begins and ends. */
export async function runStep<Result>(
  ctx: Context,
  open: OpenRun,
  { name, work }: { name: string; work: () => Promise<Result> },
): Promise<Result> {
  const { clock } = ctx
  const beganAtMs = clock.monotonicMs()
  const become = (state: 'running' | 'done' | 'failed') => {
    const tookMs = state === 'running' ? null : Math.round(clock.monotonicMs() - beganAtMs)
    open.steps = withStep(open.steps, { name: storable(name, 100), state, tookMs })
    open.isDirty = true
  }
  const tell = () => writeRun(ctx, open, {}, { change: (tx) => tellProgress(tx, open, clock) })
  become('running')
  await tell()
  try {
    const result = await work()
    become('done')
    await tell()
    return result
  } catch (error) {
    become('failed')
    throw error
  }
}

const wholeNumber = (value: number) => Math.max(0, Math.round(value))
