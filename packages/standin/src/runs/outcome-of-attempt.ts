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

/** What becomes of a run after an attempt. */
export function outcomeOfAttempt({ failure, abortedBy, state, retries, random }: Attempt): Outcome {
  if (!failure) return { transition: 'succeed' }
  if (state === 'cancelling') return { transition: 'stop' }
  if (abortedBy === handOver || abortedBy === lost) return { transition: 'pause', pauseMs: 0, retries }
  if (abortedBy === tooLong) {
    return retries >= maxRetries
      ? { transition: 'fail', reason: 'RUN_STUCK' }
      : { transition: 'pause', pauseMs: 0, retries: retries + 1 }
  }
  const { reason, retryAfterMs } = refusalOfAction(failure.error)
  const pauseMs = pauseBeforeRetry({ reason, retryAfterMs, retries, random })
  if (pauseMs === undefined) return { transition: 'fail', reason }
  return { transition: 'pause', pauseMs, reason, retries: isPatient(reason) ? retries : retries + 1 }
}

/** What a run failed of. A schema that refuses in the middle of an action is a fault of the action, not of its input. */
export function refusalOfAction(error: unknown) {
  return toRefusal(error instanceof z.ZodError ? undefined : error)
}

/** Limits of Trackunit's and credentials that are not proven yet are no failures of a run: it waits, however often. */
const isPatient = (reason: ErrorReason) => errorReasons[reason].retry === 'after' || reason === 'CREDENTIALS_PENDING'

/** How long a run waits after a failure, or undefined where trying again cannot help or was tried often enough. */
export function pauseBeforeRetry({
  reason,
  retryAfterMs = 0,
  retries,
  random,
}: {
  reason: ErrorReason
  retryAfterMs: number | undefined
} & Pick<Attempt, 'retries' | 'random'>): number | undefined {
  if (isPatient(reason)) return Math.max(retryAfterMs, patientPauseMs)
  if (errorReasons[reason].retry === 'never' || retries >= maxRetries) return undefined
  return Math.max(retryAfterMs, Math.round(firstPauseMs * 2 ** retries * (1 + random / 4)))
}
