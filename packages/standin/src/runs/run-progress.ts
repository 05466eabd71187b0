import { type Run, textOf } from '@standin/contracts'

/** Before this share is done, the pace says nothing. */
const leastShare = 0.05

/**
 * How long the rest takes at the pace so far.
 * @param since where this attempt began: the pace of earlier ones does not count
 * @returns whole seconds; null while it is unknown
 */
export function secondsLeft({
  done,
  total,
  since,
}: {
  done: number
  total: number | null
  since: { done: number; elapsedMs: number }
}): number | null {
  const doneNow = done - since.done
  if (total === null || total === 0 || doneNow <= 0 || done / total < leastShare) return null
  return Math.max(0, Math.round((((total - done) / doneNow) * since.elapsedMs) / 1_000))
}

export type Steps = Run['steps']

/** The steps after one of them began or ended; a new one goes to the end. */
export function withStep(steps: Steps, step: Steps[number]): Steps {
  const isSame = ({ name }: Steps[number]) => textOf(name) === textOf(step.name)
  return steps.some(isSame) ? steps.map((each) => (isSame(each) ? step : each)) : [...steps, step]
}

/** The steps of a run that did not succeed: the one under way has failed. */
export function stepsAtEnd(steps: Steps): Steps {
  return steps.map((step) => (step.state === 'running' ? { ...step, state: 'failed' } : step))
}
