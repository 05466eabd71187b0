import { asc, isNull, sql } from 'drizzle-orm'
import type { Transaction } from '../database/database.ts'
import { type RunKey, runs } from './run-table.ts'

/** More events than a run has in an hour. */
const skipped = 1_000_000

/** A run's readers may have seen events that the restored database lacks: its next event is numbered after them. */
export async function skipEventNumbers(tx: Transaction): Promise<void> {
  await tx
    .update(runs)
    .set({ lastSeq: sql`${runs.lastSeq} + ${sql.raw(String(skipped))}` })
    .where(isNull(runs.endedAt))
}

export async function listOpenRuns(tx: Transaction): Promise<RunKey[]> {
  return tx
    .select({ id: runs.id, accountId: runs.accountId })
    .from(runs)
    .where(isNull(runs.endedAt))
    .orderBy(asc(runs.accountId), asc(runs.id))
}
