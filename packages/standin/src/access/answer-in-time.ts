import { setTimeout as pause } from 'node:timers/promises'
import { StandinError } from '../standin-error.ts'

/** A database that does not answer for this long is considered down. */
const answersWithinMs = 1_500

/** @throws StandinError `STORAGE_UNAVAILABLE` if no answer comes in time */
export async function answerInTime<Answer>(answer: Promise<Answer>): Promise<Answer> {
  const late = new AbortController()
  answer.catch(() => {}) // It may still fail after the time is up.
  try {
    return await Promise.race([
      answer,
      pause(answersWithinMs, undefined, { signal: late.signal, ref: false }).then(() => {
        throw new StandinError('STORAGE_UNAVAILABLE')
      }),
    ])
  } finally {
    late.abort()
  }
}
