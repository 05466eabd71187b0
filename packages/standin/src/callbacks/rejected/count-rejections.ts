import type { ErrorReason } from '@standin/contracts'
import type { Context } from '../../context.ts'
import { describeRejection, type RejectedRequest } from './describe-rejection.ts'
import { insertRejections, type RejectionSample } from './rejection-store.ts'

/** Of each reason between two writes; the rest is only counted. */
const samplesOfReason = 5

/** Refused callbacks that are not saved yet. */
export interface UnsavedRejections {
  /** By day and reason, as `2025-03-01 IDENTITY_INVALID`. */
  counts: Map<string, number>
  samples: RejectionSample[]
}

type RejectionsContext = Context & { callbacks: { rejections: UnsavedRejections } }

export const noRejections = (): UnsavedRejections => ({ counts: new Map(), samples: [] })

/**
 * Counts a refused callback in memory: a flood costs one write every few seconds, and its content is not stored.
 * A crash loses the counts of those seconds.
 */
export function countRejection(
  { clock, callbacks: { rejections } }: RejectionsContext,
  { reason, ...request }: RejectedRequest & { reason: ErrorReason },
): void {
  const at = clock.now()
  add(rejections, `${at.toISOString().slice(0, 10)} ${reason}`, 1)
  if (rejections.samples.filter((sample) => sample.reason === reason).length < samplesOfReason)
    rejections.samples.push({ at, reason, details: describeRejection(request) })
}

/**
 * Saves the counts since the last time. If that fails, they are kept in memory.
 * @returns false: there is nothing more to do at once
 */
export async function saveRejections({ db, callbacks }: RejectionsContext): Promise<boolean> {
  const unsaved = callbacks.rejections
  if (unsaved.counts.size === 0) return false
  callbacks.rejections = noRejections()
  try {
    await insertRejections(db, unsaved)
  } catch (error) {
    for (const [key, count] of callbacks.rejections.counts) add(unsaved, key, count)
    callbacks.rejections = unsaved
    throw error
  }
  return false
}

const add = ({ counts }: UnsavedRejections, key: string, count: number) =>
  counts.set(key, count + (counts.get(key) ?? 0))
