import { type ErrorReason, errorReasons, type Message, type RunState } from '@standin/contracts'
import { z } from 'zod'
import { reasonOfStop } from '../accounts/credentials-in-force.ts'
import { toRefusal } from '../refusal.ts'
import { type RequestLimit, StandinError } from '../standin-error.ts'
import { actionFailedIn, failureText } from './failure-text.ts'
import { handOver, lost, tooLong } from './run-stopped.ts'

/** How an attempt at a run ended, and the run's situation. */
export interface Attempt {
  /** What the action threw, if it did. */
  failure: { error: unknown } | undefined
  /** Why the attempt was aborted; undefined if it was not. */
  abortedBy: unknown
  state: RunState
  /** Failures in a row before this one, since the last checkpoint. */
  retries: number
  /** Whether the account has credentials in force, or temporarily stopped ones, so that it may be served again. */
  hasAccess: boolean
  /** In production, the message of an unexpected error is not shown. */
  isProduction: boolean
  /** From 0 to 1: adds up to a quarter to the pause, so that runs that failed together do not retry together. */
  random: number
}

/** How an attempt at a run ended. `settleRun` adds the rest and decides what follows. */
export type EndOfAttempt = Omit<Attempt, 'state' | 'retries'>

export type Outcome =
  | { transition: 'succeed' | 'stop' }
  | { transition: 'fail'; reason: ErrorReason; failure?: Message | null }
  | {
      transition: 'pause'
      pauseMs: number
      retries: number
      reason?: ErrorReason
      failure?: Message | null
      limit?: RequestLimit
    }

const maxRetries = 5
/** Doubles with each failure in a row: with five retries, a run outlasts a minute of trouble. */
const firstPauseMs = 2_000
const patientPauseMs = 5_000
/** A fallback: a run that waits for access is woken when access works again. */
const refusedPauseMs = 60_000
/** Trackunit does not answer: a run outlasts twenty minutes of that, and then continues soon. */
const outage = { maxRetries: 43, longestPauseMs: 30_000 }

/** Decides what happens to a run after an attempt. */
export function outcomeOfAttempt(attempt: Attempt): Outcome {
  const { failure, abortedBy, state, retries, hasAccess, random, isProduction } = attempt
  if (!failure) return { transition: 'succeed' }
  if (state === 'cancelling') return { transition: 'stop' }
  if (abortedBy === handOver || abortedBy === lost) return { transition: 'pause', pauseMs: 0, retries }
  const stop = Object.values(reasonOfStop).find((reason) => reason === abortedBy)
  if (stop) return { transition: 'pause', pauseMs: refusedPauseMs, retries, reason: stop }
  if (abortedBy === tooLong) {
    return retries >= maxRetries
      ? { transition: 'fail', reason: 'RUN_STUCK' }
      : { transition: 'pause', pauseMs: 0, retries: retries + 1 }
  }
  const { reason, retry, retryAfterMs } = refusalOfAction(failure.error)
  const pauseMs = pauseBeforeRetry({ reason, retry, retryAfterMs, retries, hasAccess, random })
  const text = failureText(failure.error, { isProduction, isEnd: pauseMs === undefined })
  const why = { reason, ...(text !== null && { failure: text }) }
  if (pauseMs === undefined) return { transition: 'fail', ...why }
  const isWait = isNoFailure(reason, { hasAccess })
  const limit = failure.error instanceof StandinError ? failure.error.limit : undefined
  return { transition: 'pause', pauseMs, ...why, retries: isWait ? retries : retries + 1, ...(limit && { limit }) }
}

/** Why a run failed. A schema that rejects something inside an action is the action's fault, not its input's. */
export function refusalOfAction(error: unknown): {
  reason: ErrorReason
  retry: 'never' | 'soon' | 'after'
  retryAfterMs: number | undefined
} {
  const failed = actionFailedIn(error)
  if (failed) return { reason: 'ACTION_FAILED', retry: failed.retry, retryAfterMs: failed.retryAfterMs }
  const { reason, retryAfterMs } = toRefusal(error instanceof z.ZodError ? undefined : error)
  // With a time, Trackunit has not judged the request: it accepts no token for now.
  const isForNow = reason === 'TRACKUNIT_REFUSED' && retryAfterMs !== undefined
  return { reason, retry: isForNow ? 'soon' : errorReasons[reason].retry, retryAfterMs }
}

/** Trackunit refuses the access, or an uninstall or the operator has stopped it. */
const isAboutAccess = (reason: ErrorReason) =>
  reason === 'CREDENTIALS_REJECTED' || Object.values<ErrorReason>(reasonOfStop).includes(reason)

/** Rate limits and access that does not work for now are not failures: the run waits, however often. */
const isNoFailure = (reason: ErrorReason, { hasAccess }: Pick<Attempt, 'hasAccess'>) =>
  errorReasons[reason].retry === 'after' || reason === 'CREDENTIALS_PENDING' || (isAboutAccess(reason) && hasAccess)

/** How long a run waits after a failure; undefined if a retry cannot help or there were too many. */
export function pauseBeforeRetry({
  reason,
  retry = errorReasons[reason].retry,
  retryAfterMs = 0,
  retries,
  hasAccess,
  random,
}: {
  reason: ErrorReason
  retry?: 'never' | 'soon' | 'after'
  retryAfterMs: number | undefined
} & Pick<Attempt, 'retries' | 'hasAccess' | 'random'>): number | undefined {
  if (isNoFailure(reason, { hasAccess }))
    return Math.max(retryAfterMs, isAboutAccess(reason) ? refusedPauseMs : patientPauseMs)
  const isOutage = reason === 'TRACKUNIT_UNAVAILABLE'
  const most = isOutage ? outage.maxRetries : maxRetries
  if (retry === 'never' || retries >= most) return undefined
  const pauseMs = Math.min(isOutage ? outage.longestPauseMs : Number.POSITIVE_INFINITY, firstPauseMs * 2 ** retries)
  return Math.max(retryAfterMs, Math.round(pauseMs * (1 + random / 4)))
}
