import type { Run } from '@standin/contracts'
import type { RunRow } from '../runs/run-store.ts'

/** A row as the contract's `Run`, without files and deliveries. */
export function toRun(row: RunRow): Omit<Run, 'artifacts' | 'deliveries'> {
  const { idempotencyKey, readsWith, mayOverlap, urgency, promotedAt, deliverTo, ...known } = row
  const { epoch, replicaId, retries, crashes, checkpoint, ...shown } = known
  return {
    ...shown,
    waitingUntil: row.waitingUntil?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
  }
}
