import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import { deleteOldReadings } from '../machines/reading-store.ts'
import { deleteOldArtifacts } from '../results/artifacts/artifact-store.ts'
import { deleteOldResults } from '../results/result-store.ts'
import { deleteOldRuns } from './retention-store.ts'

export interface RetentionPolicy {
  runDays: number
  resultDays: number
  artifactDays: number
  readingDays: number
}

const dayMs = 86_400_000
const atOnce = 100
const eventsAtOnce = 10_000

/**
 * Deletes a little of what is older than it is to be. Several replicas may do so at once.
 * @returns whether there may be more
 */
export function createAgeOut({ db, clock, policy }: { db: Database; clock: Clock; policy: RetentionPolicy }) {
  return async (): Promise<boolean> => {
    const olderThan = (days: number) => new Date(clock.now().getTime() - days * dayMs)
    const limit = { limit: atOnce }
    const gone = [
      await deleteOldArtifacts(db, olderThan(policy.artifactDays), limit),
      await deleteOldResults(db, olderThan(policy.resultDays), limit),
      await deleteOldReadings(db, olderThan(policy.readingDays)),
      await deleteOldRuns(db, olderThan(policy.runDays), { ...limit, events: eventsAtOnce }),
    ]
    return gone.some((rows) => rows > 0)
  }
}
