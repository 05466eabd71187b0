import type { Message } from '@standin/contracts'
import type { Context } from '../context.ts'
import { storableMessage } from '../results/understand-rows.ts'
import { secondsLeft, withStep } from '../runs/run-progress.ts'
import { isProgressDue, type OpenRun, tellProgress, writeRun } from './open-run.ts'

export async function reportProgress(
  ctx: Context,
  open: OpenRun,
  { done, total, message }: { done: number; total: number | null; message: Message },
): Promise<void> {
  const since = { done: open.run.progress.done, elapsedMs: ctx.clock.monotonicMs() - open.startedAtMs }
  open.progress = {
    done: wholeNumber(done),
    total: total === null ? null : wholeNumber(total),
    message: storableMessage(message, 200),
    secondsLeft: secondsLeft({ done, total, since }),
  }
  open.isDirty = true
  if (isProgressDue(open, ctx.clock)) await writeRun(ctx, open, {})
}

/** Runs a part of the work and tells when it begins and ends. */
export async function runStep<Result>(
  ctx: Context,
  open: OpenRun,
  { name, work }: { name: Message; work: () => Promise<Result> },
): Promise<Result> {
  const { clock } = ctx
  const beganAtMs = clock.monotonicMs()
  const become = (state: 'running' | 'done' | 'failed') => {
    const tookMs = state === 'running' ? null : Math.round(clock.monotonicMs() - beganAtMs)
    open.steps = withStep(open.steps, { name: storableMessage(name, 100), state, tookMs })
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
