import type { Run } from '@standin/client'
import type { Formats } from '../formats/create-formats.ts'
import { timeLeft } from '../formats/time-left.ts'
import type { IconName } from '../parts/icon.tsx'
import type { Tone } from '../parts/tone.ts'
import type { Texts } from '../texts/en.ts'
import { resultLook } from './result-look.ts'
import { reasonWords, resultWords, waitingWords, waitsUntil } from './run-words.ts'

export interface RunHeading {
  heading: string
  /** What it means, in whole sentences. */
  lead: string[]
  /** When it is tried again. */
  nextTryAt?: string
  /** It has not begun, because of something else. */
  idle?: true
  /** The run that it waits for. */
  before?: Pick<Run, 'id' | 'actionId' | 'mode'>
  /** Of a run that has ended, its shape. */
  look?: { icon: IconName; tone: Tone; state: string }
}

interface Words {
  title: string
  userId: string
  /** How long this action usually takes, in seconds. */
  usualSeconds: number | null
  /** The run of the same action that it waits for. */
  before?: Pick<Run, 'id' | 'actionId' | 'mode' | 'createdAt'> | undefined
  /** The next try of access that Trackunit refuses. */
  accessTriedAt?: string | null | undefined
  nowMs: number
  texts: Texts
  formats: Formats
}

/** The sentence of a run's page: time left while it goes, the result when it is there, how far it came when it stopped. */
export function runHeading(run: Run, words: Words): RunHeading {
  const { title, usualSeconds, before, accessTriedAt, nowMs, texts, formats } = words
  const { running } = texts
  const receivers = run.deliveries.length

  const whenAccess = accessTriedAt ? { nextTryAt: accessTriedAt } : {}

  switch (run.state) {
    case 'queued':
      if (run.reason === 'CREDENTIALS_PENDING')
        return { heading: running.waitingAccessHeading, lead: [running.waitingForAccess], idle: true, ...whenAccess }
      return before
        ? {
            heading: running.queuedHeading(title, formats.clock(before.createdAt)),
            lead: [running.queuedOverlap],
            idle: true,
            before,
          }
        : { heading: running.starting(title), lead: [running.queuedMeans] }
    case 'cancelling':
      return { heading: running.stoppingHeading, lead: [running.stoppingMeans] }
    case 'waiting': {
      const why = waitingWords(run, texts)
      const saved = run.progress.done > 0 ? [running.savedSoFar] : []
      if (run.reason === 'CREDENTIALS_PENDING')
        return { heading: running.waitingAccessHeading, lead: [why], ...whenAccess }
      if (run.reason === 'CREDENTIALS_REJECTED')
        return { heading: running.waitingAccessAgainHeading, lead: [why, ...saved], ...whenAccess }
      const until = waitsUntil(run)
      if (until === null) {
        const next = run.waitingUntil ? { nextTryAt: run.waitingUntil } : {}
        return { heading: running.waitingHeadingPlain, lead: [why, ...saved], ...next }
      }
      // From the shown time, so that both add up.
      const minutes = Math.max(1, Math.floor(Date.parse(until) / 60_000) - Math.floor(nowMs / 60_000))
      return {
        heading: running.waitingHeading(formats.clock(until), texts.time.minutes(minutes)),
        // The step shows why it waits, and what is saved.
        lead: isToldInStep(run) ? [running.closePage(receivers)] : [why, ...saved],
      }
    }
    case 'running': {
      const { secondsLeft } = run.progress
      const left =
        secondsLeft !== null
          ? running.leftSpoken(timeLeft(secondsLeft))
          : usualSeconds === null
            ? undefined
            : running.usually(texts.time.about(timeLeft(usualSeconds)))
      return {
        heading: left ? running.aboutLeft(title, left) : running.stillGoing(title),
        lead: [running.closePage(receivers)],
      }
    }
    case 'succeeded':
      return {
        heading: stop(resultWords(run, words)),
        lead: [],
        look: resultLook({ ...run, state: run.state }, texts),
      }
    case 'failed': {
      const reason = reasonWords(run, words)
      return {
        heading: stop(resultWords(run, words)),
        lead: [...(reason ? [reason] : []), ...(run.attempts > 1 ? [texts.run.triedTimes(run.attempts)] : [])],
        look: resultLook({ ...run, state: run.state }, texts),
      }
    }
    case 'cancelled':
      return {
        heading: stop(resultWords(run, words)),
        lead: [],
        look: resultLook({ ...run, state: run.state }, texts),
      }
  }
}

const isToldInStep = ({ reason, steps }: Run) =>
  reason === 'TRACKUNIT_RATE_LIMITED' && steps.some(({ state }) => state === 'running')

const stop = (sentence: string) => (/[.!?…]$/.test(sentence) ? sentence : `${sentence}.`)
