import type { Run } from '@standin/contracts'
import type { RunRow } from './run-store.ts'

/** The row as it goes over the wire, but for its files. */
export function toRun(row: RunRow): Omit<Run, 'artifacts' | 'deliveries'> {
  const { id, accountId, actionId, mode, input, state, progress, steps, headline, reason, attempts, startedBy } = row
  const { timeZone, unitSystem, scheduleId, previewRunId, retryOf, lastSeq } = row
  return {
    ...{ id, accountId, actionId, mode, input, state, progress, steps, headline, reason, attempts, startedBy },
    ...{ timeZone, unitSystem, scheduleId, previewRunId, retryOf, lastSeq },
    waitingUntil: row.waitingUntil?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
  }
}
