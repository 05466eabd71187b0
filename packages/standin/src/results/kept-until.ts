import type { Artifact } from '@standin/contracts'
import { dayMs } from '../clock.ts'
import type { Context } from '../context.ts'
import type { StoredArtifact } from '../runs/run-table.ts'

/** Adds to a run's files until when they can be downloaded: until they age out, or their run does. */
export function keptUntil({ config }: Pick<Context, 'config'>, runEndedAt: Date) {
  const { runDays, artifactDays } = config.retention
  const keptUntil = new Date(runEndedAt.getTime() + Math.min(runDays, artifactDays) * dayMs).toISOString()
  return (artifact: StoredArtifact): Artifact => ({ ...artifact, keptUntil })
}
