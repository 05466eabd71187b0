import { type ErrorReason, errorReasons, type RunState } from '@standin/contracts'
import { z } from 'zod'
import { toRefusal } from '../refusal.ts'
import { handOver, lost, tooLong } from './run-stopped.ts'

/** What an attempt at a run ended with, and how the run stands. */
export interface Attempt {
  /** What the action threw, if it did. */
  failure: { error: unknown } | undefined
  /** Why the attempt was told to stop; undefined where it was not. */
  abortedBy: unknown
  state: RunState
  /** Failures in a row before this one, since the last checkpoint. */
  retries: number
  /** Whether something serves the account: then Trackunit may take back that it refuses it. */
  hasAccess: boolean
  /** From 0 to 1: up to a quarter of the pause on top, so that what failed together does not come back together. */
  random: number
}

export type Outcome =
  | { transition: 'succeed' | 'stop' }
  | { transition: 'fail'; reason: ErrorReason }
  | { transition: 'pause'; pauseMs: number; retries: number; reason?: ErrorReason }

const maxRetries = 5
/** Doubles with each failure in a row: with five retries, a run outlasts a minute of trouble. */
const firstPauseMs = 2_000
const patientPauseMs = 5_000
/** A net: whoever waits for the access is woken when it works again. */
const refusedPauseMs = 60_000
/** Trackunit itself does not answer, which is nobody's fault here: a run outlasts twenty minutes of it, and then goes on soon. */
const outage = { maxRetries: 43, longestPauseMs: 30_000 }

/** What becomes of a run after an attempt. */
export function outcomeOfAttempt({ failure, abortedBy, state, retries, hasAccess, random }: Attempt): Outcome {
  if (!failure) return { transition: 'succeed' }
  if (state === 'cancelling') return { transition: 'stop' }
  if (abortedBy === handOver || abortedBy === lost) return { transition: 'pause', pauseMs: 0, retries }
  if (abortedBy === tooLong) {
    return retries >= maxRetries
      ? { transition: 'fail', reason: 'RUN_STUCK' }
      : { transition: 'pause', pauseMs: 0, retries: retries + 1 }
  }
  const { reason, retryAfterMs } = refusalOfAction(failure.error)
  const pauseMs = pauseBeforeRetry({ reason, retryAfterMs, retries, hasAccess, random })
  if (pauseMs === undefined) return { transition: 'fail', reason }
  return { transition: 'pause', pauseMs, reason, retries: isNoFailure(reason, { hasAccess }) ? retries : retries + 1 }
}

/** What a run failed of. A schema that refuses in the middle of an action is a fault of the action, not of its input. */
export function refusalOfAction(error: unknown) {
  return toRefusal(error instanceof z.ZodError ? undefined : error)
}

/** Limits of Trackunit's, and access that does not work for now, are no failures of a run: it waits, however often. */
const isNoFailure = (reason: ErrorReason, { hasAccess }: Pick<Attempt, 'hasAccess'>) =>
  errorReasons[reason].retry === 'after' ||
  reason === 'CREDENTIALS_PENDING' ||
  (reason === 'CREDENTIALS_REJECTED' && hasAccess)

/** How long a run waits after a failure, or undefined where trying again cannot help or was tried often enough. */
export function pauseBeforeRetry({
  reason,
  retryAfterMs = 0,
  retries,
  hasAccess,
  random,
}: {
  reason: ErrorReason
  retryAfterMs: number | undefined
} & Pick<Attempt, 'retries' | 'hasAccess' | 'random'>): number | undefined {
  if (isNoFailure(reason, { hasAccess }))
    return Math.max(retryAfterMs, reason === 'CREDENTIALS_REJECTED' ? refusedPauseMs : patientPauseMs)
  const isOutage = reason === 'TRACKUNIT_UNAVAILABLE'
  const most = isOutage ? outage.maxRetries : maxRetries
  if (errorReasons[reason].retry === 'never' || retries >= most) return undefined
  const pauseMs = Math.min(isOutage ? outage.longestPauseMs : Number.POSITIVE_INFINITY, firstPauseMs * 2 ** retries)
  return Math.max(retryAfterMs, Math.round(pauseMs * (1 + random / 4)))
}
