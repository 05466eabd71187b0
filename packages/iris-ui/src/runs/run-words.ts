import { type ErrorReason, type Run, textOf } from '@standin/client'
import type { Formats } from '../formats/create-formats.ts'
import { wholeMinute } from '../formats/whole-minute.ts'
import type { Texts } from '../texts/en.ts'

interface Words {
  /** The action's title. */
  title: string
  userId: string
  texts: Texts
  formats: Formats
}

/**
 * An action's progress message either follows the numbers (`machines listed`) or is a sentence of
 * its own, which begins with a capital in English: elsewhere, a noun does too.
 */
export function progressMessage(
  { actionId, progress }: Run,
  { texts: { ofAction } }: Pick<Words, 'texts'>,
): { unit: string; sentence: string | undefined } {
  const message = ofAction(actionId, progress.message)
  const english = textOf(progress.message)
  const goesOn = english !== '' && english.charAt(0) === english.charAt(0).toLowerCase()
  return goesOn ? { unit: message, sentence: undefined } : { unit: '', sentence: message || undefined }
}

/** `1,840 of 2,964 machines listed`; nothing before the first one is done. */
export function progressWords(run: Run, { texts, formats }: Pick<Words, 'texts' | 'formats'>): string | undefined {
  const { done, total } = run.progress
  const { unit } = progressMessage(run, { texts })
  if (total !== null && total > 0) {
    return texts.running.progress(formats.number(done), formats.number(total), unit)
  }
  return done > 0 ? texts.running.soFar(formats.number(done), unit) : undefined
}

/** What a running run is doing. */
export function runningWords(run: Run, { title, texts, formats }: Words): string {
  const words = texts.running
  if (run.state === 'queued') return words.queued(title)
  if (run.state === 'cancelling') return words.stopping(title)

  const progress = progressWords(run, { texts, formats })
  const until = waitsUntil(run)
  if (run.state === 'waiting' && !progress && until === null) return words.queued(title)
  const sentence = progress ? words.going(title, progress) : words.starting(title)
  return until === null ? sentence : words.waitingUntil(sentence, formats.clock(until))
}

/**
 * The minute that it waits for, if known: the end of a rate limit. After a retry the wait may continue, so it has no time.
 */
export const waitsUntil = ({ state, reason, waitingUntil }: Pick<Run, 'state' | 'reason' | 'waitingUntil'>) =>
  state === 'waiting' && waitingUntil !== null && !(reason && triedAgain.includes(reason))
    ? new Date(wholeMinute(Date.parse(waitingUntil))).toISOString()
    : null

const triedAgain: readonly NonNullable<Run['reason']>[] = [
  ...(['TRACKUNIT_UNAVAILABLE', 'STORAGE_UNAVAILABLE', 'CREDENTIALS_PENDING', 'CREDENTIALS_REJECTED'] as const),
  'ACTION_FAILED',
]

/** Why a run waits, in one short sentence. */
export function waitingWords(
  { actionId, reason, failure }: Pick<Run, 'actionId' | 'reason' | 'failure'>,
  texts: Texts,
): string {
  if (failure) return withStop(texts.ofAction(actionId, failure))
  const words = texts.running
  if (reason === 'TRACKUNIT_UNAVAILABLE') return words.waitingForTrackunit
  if (reason === 'CREDENTIALS_PENDING') return words.waitingForAccess
  if (reason === 'CREDENTIALS_REJECTED') return words.waitingForAccessAgain
  return words.waiting
}

/** The result of an ended run: its headline, if it has one. */
export function resultWords(run: Run, { title, texts, formats }: Words): string {
  const words = texts.results
  if (run.state === 'succeeded')
    return withoutStop(run.headline && texts.ofAction(run.actionId, run.headline)) ?? words.succeeded(title)

  const progress = run.progress.done > 0 ? progressWords(run, { texts, formats }) : undefined
  if (run.state === 'cancelled') {
    const stopped = progress ? words.stoppedByPersonAt(title, progress) : words.stoppedByPerson(title)
    return run.artifacts.length > 0 ? words.partSaved(stopped) : stopped
  }
  if (!progress) return words.stopped(title)
  const stopped = words.stoppedAt(progress)
  return run.artifacts.length > 0 ? words.partSaved(stopped) : stopped
}

/** What an action says of a failure may lack its full stop, and other sentences follow it. */
const withStop = (sentence: string): string => (/[.!?…]$/.test(sentence) ? sentence : `${sentence}.`)

/** Why a failed run stopped, as a sentence. */
export function reasonWords(run: Run, { texts }: Pick<Words, 'texts'>): string | undefined {
  if (run.state !== 'failed') return undefined
  if (run.failure && isOfAction(run)) return withStop(texts.ofAction(run.actionId, run.failure))
  const because: Partial<Record<ErrorReason, string>> = texts.results.because
  return (run.reason && because[run.reason]) ?? texts.results.becauseUnknown
}

/** Only actions have texts of their own. */
const isOfAction = ({ reason }: Pick<Run, 'reason'>) =>
  reason === null || reason === 'ACTION_FAILED' || reason === 'ACTION_FAULTY'

/** What a server in development adds to a reason, for the action's maker: an error's text and its place. */
export const makersWords = (run: Pick<Run, 'state' | 'reason' | 'failure'>): string | undefined =>
  run.state === 'failed' && run.failure && !isOfAction(run) ? textOf(run.failure) : undefined

export function startedByWords({ startedBy }: Run, { userId, texts }: Pick<Words, 'userId' | 'texts'>): string {
  const words = texts.results
  switch (startedBy.kind) {
    case 'user':
      if (startedBy.id === userId) return words.byYou
      return startedBy.name ? words.by(startedBy.name) : words.bySomebody
    case 'service':
      return startedBy.name ? words.by(startedBy.name) : words.byService
    case 'schedule':
      return words.bySchedule
    case 'system':
      return words.bySystem
  }
}

/** In rows, headlines have no full stop. */
function withoutStop(headline: string | null): string | undefined {
  return headline?.replace(/(?<!\.)\.$/, '') || undefined
}
