import type { Run } from '@standin/client'
import type { Formats } from '../formats/create-formats.ts'
import { timeLeft } from '../formats/time-left.ts'
import type { Texts } from '../texts/en.ts'
import { progressWords, waitsUntil } from './run-words.ts'

interface Words {
  nowMs: number
  texts: Texts
  formats: Formats
}

/** `Step 3 of 6: 152 of 250 machines`; undefined for a run without steps. */
export function stepWords(run: Run, words: Pick<Words, 'texts' | 'formats'>): string | undefined {
  const { steps, progress, state, actionId } = run
  // The last that began: between two steps, none runs.
  const nth = steps.findLastIndex(({ state }) => state !== 'waiting')
  const step = steps[nth]
  if (!step) return undefined
  const { run: texts, ofAction } = words.texts
  const { counted } = step
  // With its unit, if the last message is about this step.
  const isItsMessage = counted !== null && progress.done === counted.done && progress.total === counted.total
  const count = counted && ((isItsMessage && progressWords(run, words)) || countedWords(counted, words))
  const what = state === 'waiting' ? texts.stepWaits : (count ?? ofAction(actionId, step.name))
  return texts.stepOf(nth + 1, steps.length, what)
}

/** `152 of 250`. */
export const countedWords = (
  { done, total }: NonNullable<Run['steps'][number]['counted']>,
  { texts, formats }: Pick<Words, 'texts' | 'formats'>,
): string =>
  total === null
    ? formats.number(done)
    : texts.running.progress(formats.number(Math.min(done, total)), formats.number(total), '')

/** When it will be ready: the time left, or the time of day where it waits in between. */
export function readyWords(run: Run, { texts, formats }: Pick<Words, 'texts' | 'formats'>): string | undefined {
  const { secondsLeft } = run.progress
  if (secondsLeft === null) return undefined
  if (run.state === 'running') return texts.running.leftSpoken(timeLeft(secondsLeft))
  const until = waitsUntil(run)
  if (until === null) return undefined
  return texts.run.readyAbout(formats.clock(new Date(Date.parse(until) + secondsLeft * 1_000).toISOString()))
}

/** Why a step waits: which limit of Trackunit, until when, and what is kept. Undefined if it does not wait for one. */
export function stepWaitWords(run: Run, { texts, formats }: Pick<Words, 'texts' | 'formats'>): string | undefined {
  const until = waitsUntil(run)
  if (run.state !== 'waiting' || run.reason !== 'TRACKUNIT_RATE_LIMITED' || until === null) return undefined
  const { waitingFor } = run
  const counted = run.steps.find(({ state }) => state === 'running')?.counted
  const minutes = waitingFor && Math.round(waitingFor.everySeconds / 60)
  return [
    texts.run.limitWords(
      waitingFor && minutes ? { requests: waitingFor.requests, minutes } : null,
      formats.clock(until),
    ),
    ...(counted && counted.done > 0
      ? [texts.run.countedIsSaved(countedWords(counted, { texts, formats }), counted.done === 1)]
      : []),
  ].join(' ')
}
