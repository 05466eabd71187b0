import { type SentRow, textOf } from '@standin/contracts'
import type { Database } from '../database/database.ts'
import { readRows } from '../results/result-row-store.ts'
import { findResult } from '../results/result-store.ts'
import { lastSucceededRun } from '../runs/run-list-store.ts'
import type { UsualTimes } from '../runs/run-progress.ts'
import { findRun, type RunRow } from '../runs/run-store.ts'
import type { RunKey } from '../runs/run-table.ts'

/** The last successful run with the same action, mode, account and input. */
export interface PreviousRun {
  runId: string
  endedAt: Date
  /** The ids of its result's rows, to find what is new. */
  resultRowIds(): Promise<ReadonlySet<string>>
}

/** What the preview of an applied run found. Exactly this is applied, even if Trackunit's data has changed since. */
export interface PreviewOfRun {
  runId: string
  endedAt: Date
  /** What its last checkpoint kept. */
  checkpoint: unknown
  /** How many rows of its result must be changed. */
  countRows(): Promise<number>
  /** Those rows, in batches: without what the person who applied the preview left out. */
  rows(): AsyncIterable<SentRow[]>
  /** The rows that were left out. */
  leftOut(): AsyncIterable<SentRow[]>
}

/** The runs before this one that its action may read. */
export async function findPredecessors(
  db: Database,
  run: RunRow,
): Promise<{ previous: PreviousRun | undefined; preview: PreviewOfRun | undefined; usual: UsualTimes }> {
  const previous = await lastSucceededRun(db, run)
  const preview = run.previewRunId ? await findRun(db, { id: run.previewRunId, accountId: run.accountId }) : undefined
  return {
    previous: previous?.endedAt
      ? { runId: previous.id, endedAt: previous.endedAt, resultRowIds: () => resultRowIds(db, previous) }
      : undefined,
    preview: preview?.endedAt
      ? {
          runId: preview.id,
          endedAt: preview.endedAt,
          checkpoint: preview.checkpoint?.state,
          countRows: async () => ((await findResult(db, preview))?.result?.rows ?? 0) - run.leaveOut.length,
          rows: () => resultRows(db, preview, (id) => !run.leaveOut.includes(id)),
          leftOut: () => resultRows(db, preview, (id) => run.leaveOut.includes(id)),
        }
      : undefined,
    usual: new Map(previous?.steps.map(({ name, tookMs }) => [textOf(name), tookMs ?? 0])),
  }
}

async function resultRowIds(db: Database, run: RunKey): Promise<ReadonlySet<string>> {
  const batches = await Array.fromAsync(resultRows(db, run), (rows) => rows.map(({ id }) => id))
  return new Set(batches.flat())
}

async function* resultRows(
  db: Database,
  run: RunKey,
  isWanted: (id: string) => boolean = () => true,
): AsyncGenerator<SentRow[]> {
  const result = (await findResult(db, run))?.result
  if (!result) return
  for await (const rows of readRows(db, result)) yield rows.filter(({ id }) => isWanted(id))
}
