import { spoken, textOf } from '@standin/contracts'
import type { Database } from '../database/database.ts'
import { artifactsOfRuns } from '../results/artifacts/artifact-store.ts'
import { inEnglish } from '../results/artifacts/result-files.ts'
import { countRows, findResult, hasMachines, listRows, readRows } from '../results/result-store.ts'
import type { KeptUntil } from '../retention/kept-until.ts'
import { findRun } from '../runs/run-store.ts'
import { toRun } from '../runs/to-run.ts'
import { type ResultToTell, rowsToTell } from './result-message.ts'

interface Dependencies {
  db: Database
  titleOf: (actionId: string) => string | undefined
  keptUntil: KeptUntil
}

/** What a run came to, as it is told; undefined where it has aged out. */
export async function findResultToTell(
  runId: string,
  { db, titleOf, keptUntil }: Dependencies,
): Promise<{ told: ResultToTell; batches: ReturnType<typeof inEnglish> } | undefined> {
  const row = await findRun(db, runId)
  if (!row) return undefined
  const result = (await findResult(db, runId))?.result
  const kept = { runId, rows: result?.rows ?? 0 }
  const all = { words: [], filter: [] }
  const firstRows = async (wanted: { isNew?: true }) =>
    (await listRows(db, kept, { ...all, ...wanted, after: undefined, limit: rowsToTell })).map(
      ({ position: _, ...each }) => each,
    )
  const sent = {
    run: toRun(row),
    actionTitle: titleOf(row.actionId) ?? row.actionId,
    detail: result?.detail ?? null,
    columns: result?.columns ?? [],
    hasMachines: await hasMachines(db, kept),
    chart: result?.chart ?? null,
    rows: await firstRows({}),
    totalRows: await countRows(db, kept, all),
    newRows: await firstRows({ isNew: true }),
    totalNewRows: await countRows(db, kept, { ...all, isNew: true }),
    artifacts: (row.endedAt && (await artifactsOfRuns(db, [runId])).get(runId)?.map(keptUntil(row.endedAt))) ?? [],
    habits: row,
  }
  return { told: spoken(sent, textOf), batches: inEnglish(readRows(db, kept)) }
}
