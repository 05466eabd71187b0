import { type Run, textOf } from '@standin/contracts'

export type Steps = Run['steps']
type Step = Steps[number]

/** How long each step took in the last run of the action, by its English name, in milliseconds. */
export type UsualTimes = ReadonlyMap<string, number>

/** How long this attempt has taken so far, as a whole and in the current step. */
export interface Pace {
  elapsedMs: number
  /** What the step had counted when this attempt began: the pace of earlier attempts does not count. */
  step: { done: number; elapsedMs: number }
}

/** Below this share, the pace says nothing. */
const leastShare = 0.05
/** The same for all steps together while their usual times are unknown. */
const leastShareOfAll = 0.15
const mostBeforeTheEnd = 0.99

/**
 * How much of all steps is done, and how long the rest takes: the current step at its pace, the others as long as last time. The
 * share stays below 1 while the run works.
 * @returns whole seconds; both are null while they are unknown
 */
export function overall(
  { steps, progress }: Pick<Run, 'steps' | 'progress'>,
  usual: UsualTimes,
  pace: Pace,
): Pick<Run['progress'], 'share' | 'secondsLeft'> {
  const now = steps.find(({ state }) => state === 'running')
  const counted = now?.counted ?? (steps.length === 0 ? progress : { done: 0, total: null })
  const atPace = secondsLeft({ ...counted, since: pace.step })
  if (steps.length === 0) return { share: shareOf(fractionOf(counted)), secondsLeft: atPace }

  const known = steps.flatMap(({ name }) => usual.get(textOf(name)) ?? [])
  const typicalMs = known.length > 0 ? known.reduce((sum, ms) => sum + ms, 0) / known.length : 1
  const weight = ({ name }: Step) => Math.max(1, usual.get(textOf(name)) ?? typicalMs)
  const doneOf = (step: Step) => (step.state === 'done' ? 1 : (fractionOf(step.counted) ?? 0))
  const all = steps.reduce((sum, step) => sum + weight(step), 0)
  const share = steps.reduce((sum, step) => sum + weight(step) * doneOf(step), 0) / all
  return { share: shareOf(share), secondsLeft: restOf() }

  function restOf(): number | null {
    const others = steps.filter(({ state }) => state === 'waiting').map(({ name }) => usual.get(textOf(name)))
    const usualNow = now && usual.get(textOf(now.name))
    const rest = atPace ?? (now && usualNow !== undefined ? ((1 - doneOf(now)) * usualNow) / 1_000 : undefined)
    if (rest !== undefined && others.every((ms) => ms !== undefined))
      return Math.round(rest + others.reduce((sum, ms) => sum + ms, 0) / 1_000) + (now ? laterWaits(now) : 0)
    if (known.length > 0 || share < leastShareOfAll) return null
    return Math.round(((1 - share) / share) * (pace.elapsedMs / 1_000)) + (now ? laterWaits(now) : 0)
  }
}

const fractionOf = (counted: Step['counted']) => counted?.total && Math.min(1, counted.done / counted.total)

const shareOf = (share: number | null | undefined): number | null =>
  typeof share === 'number' ? Math.round(Math.min(mostBeforeTheEnd, share) * 1_000) / 1_000 : null

/** How long the further waits of a step for a rate limit take, in seconds: it gets about as far each time. */
function laterWaits({ counted, waited }: Step): number {
  if (!waited || !counted?.total || counted.done === 0) return 0
  const bursts = Math.ceil((counted.total - counted.done) / (counted.done / waited.times))
  return Math.max(0, bursts - 1) * waited.everySeconds
}

/**
 * How long the rest takes at the pace so far.
 * @param since where this attempt began: the pace of earlier attempts does not count
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

/** A step that is still to do. */
export const toDo = (name: Step['name']): Step => ({
  name,
  state: 'waiting',
  tookMs: null,
  counted: null,
  waited: null,
})

/**
 * The steps after one of them began or ended. Announced steps before it are skipped; a step that was not announced is put before
 * those that are still to do.
 */
export function withStep(before: Steps, step: Omit<Step, 'counted' | 'waited'>): Steps {
  // A step that still runs at this point has thrown, and the action continues without it.
  const steps = step.state === 'running' ? withoutRunning(before, step) : before
  const nth = steps.findIndex(({ name }) => textOf(name) === textOf(step.name))
  const isOver = ({ state }: Step) => state !== 'waiting'
  if (nth < 0)
    return [...steps.filter(isOver), { ...toDo(step.name), ...step }, ...steps.filter((each) => !isOver(each))]
  const known = { ...toDo(step.name), ...steps[nth], ...step }
  return [...steps.slice(0, nth).filter(isOver), known, ...steps.slice(nth + 1)]
}

/** Sets the count of the current step. */
export const withCounted = (steps: Steps, counted: NonNullable<Step['counted']>): Steps =>
  steps.map((step) => (step.state === 'running' ? { ...step, counted } : step))

/** The progress of a run that waits for a rate limit: the time left includes further waits, but not this one. */
export function whileWaiting(
  { steps, progress }: Pick<Run, 'steps' | 'progress'>,
  everySeconds: number,
): Pick<Run, 'steps' | 'progress'> {
  const now = steps.find(({ state }) => state === 'running')
  if (!now) return { steps, progress }
  const waiting = { ...now, waited: { times: (now.waited?.times ?? 0) + 1, everySeconds } }
  const work = progress.secondsLeft === null ? null : Math.max(0, progress.secondsLeft - laterWaits(now))
  return {
    steps: steps.map((step) => (step === now ? waiting : step)),
    progress: { ...progress, secondsLeft: work === null ? null : work + laterWaits(waiting) },
  }
}

/** The steps of a run that ended, without those that it did not need. If it did not succeed, one has failed. */
export function stepsAtEnd(steps: Steps, { hasSucceeded }: { hasSucceeded: boolean }): Steps {
  const ended = withoutRunning(steps)
  return hasSucceeded ? ended.filter(({ state }) => state !== 'waiting') : ended
}

/** Marks a step that began and did not end as failed. @param but a step that continues */
export const withoutRunning = (steps: Steps, but?: Pick<Step, 'name'>): Steps =>
  steps.map((step) =>
    step.state === 'running' && !(but && textOf(but.name) === textOf(step.name)) ? { ...step, state: 'failed' } : step,
  )
