import type { Artifact } from '@standin/contracts'
import type { StoredArtifact } from '../results/artifacts/artifact-store.ts'
import type { RetentionPolicy } from './age-out.ts'

const dayMs = 86_400_000

export type KeptUntil = ReturnType<typeof createKeptUntil>

/** Files as people are told of them, with until when they can be had: they go at their age, and with their run. */
export function createKeptUntil({ runDays, artifactDays }: Pick<RetentionPolicy, 'runDays' | 'artifactDays'>) {
  const keptMs = Math.min(runDays, artifactDays) * dayMs
  return (runEndedAt: Date) => {
    const keptUntil = new Date(runEndedAt.getTime() + keptMs).toISOString()
    return (artifact: StoredArtifact): Artifact => ({ ...artifact, keptUntil })
  }
}
