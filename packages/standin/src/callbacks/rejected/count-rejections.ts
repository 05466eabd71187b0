import type { ErrorReason } from '@standin/contracts'
import type { Clock } from '../../clock.ts'
import { describeRejection, type RejectedRequest } from './describe-rejection.ts'
import type { RejectionDetails } from './rejection-table.ts'

export type CountRejection = (rejection: RejectedRequest & { reason: ErrorReason }) => void

export interface Rejections {
  counts: { day: string; reason: ErrorReason; count: number }[]
  samples: { at: Date; reason: ErrorReason; details: RejectionDetails }[]
}

/** Of each reason between two writes; the rest is only counted. */
const samplesOfReason = 5

/**
 * Counts what is refused, in memory: a flood costs one write every few seconds, and what it brings is stored nowhere.
 * A crash loses the counts of those seconds.
 */
export function createRejectionCounter({
  clock,
  save,
}: {
  clock: Clock
  save: (rejections: Rejections) => Promise<void>
}) {
  let counts = new Map<string, Rejections['counts'][number]>()
  let samples: Rejections['samples'] = []

  const count: CountRejection = ({ reason, ...request }) => {
    const at = clock.now()
    const day = at.toISOString().slice(0, 10)
    const counted = counts.get(`${day} ${reason}`) ?? { day, reason, count: 0 }
    counts.set(`${day} ${reason}`, { ...counted, count: counted.count + 1 })
    if (samples.filter((sample) => sample.reason === reason).length < samplesOfReason)
      samples.push({ at, reason, details: describeRejection(request) })
  }

  return {
    count,
    /** Writes down what was counted since the last time; when that fails it is counted on. */
    async flush(): Promise<boolean> {
      if (counts.size === 0) return false
      const [unsavedCounts, unsavedSamples] = [counts, samples]
      counts = new Map()
      samples = []
      try {
        await save({ counts: [...unsavedCounts.values()], samples: unsavedSamples })
      } catch (error) {
        for (const [key, { count: since, ...of }] of counts)
          unsavedCounts.set(key, { ...of, count: since + (unsavedCounts.get(key)?.count ?? 0) })
        counts = unsavedCounts
        samples = unsavedSamples
        throw error
      }
      return false
    },
  }
}
