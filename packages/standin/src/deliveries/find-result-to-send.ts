import {
  type ResultChart,
  type ResultColumn,
  type ResultRow,
  type Run,
  type Spoken,
  spoken,
  textOf,
} from '@standin/contracts'
import { toRun } from '../actions/to-run.ts'
import { artifactsOfRuns } from '../results/artifacts/artifact-store.ts'
import type { ReaderHabits } from '../results/artifacts/readers-table.ts'
import { inEnglish } from '../results/artifacts/result-files.ts'
import { keptUntil } from '../results/kept-until.ts'
import { countRows, hasMachines, listRows, readRows } from '../results/result-row-store.ts'
import { findResult } from '../results/result-store.ts'
import { findRun } from '../runs/run-store.ts'
import type { RunKey } from '../runs/run-table.ts'
import type { DeliveriesContext } from './deliveries-context.ts'

/** The result of a run as emails and webhooks report it: in English. */
export interface ResultToSend {
  run: Spoken<
    Pick<
      Run,
      | 'id'
      | 'accountId'
      | 'actionId'
      | 'state'
      | 'reason'
      | 'failure'
      | 'headline'
      | 'startedAt'
      | 'endedAt'
      | 'scheduleId'
    >
  >
  actionTitle: string
  detail: string | null
  chart: ResultChart | null
  columns: readonly ResultColumn[]
  hasMachines: boolean
  /** The first ones, at most `rowsToSend`. */
  rows: readonly ResultRow[]
  totalRows: number
  /** Rows that the previous run did not have: the first ones, and how many there are. */
  newRows: readonly ResultRow[]
  totalNewRows: number
  artifacts: Run['artifacts']
  habits: ReaderHabits
}

/** The most rows that any message shows. */
const rowsToSend = 100

/** @returns undefined if the run is no longer kept */
export async function findResultToSend(
  { db, config, actions }: Pick<DeliveriesContext, 'db' | 'config' | 'actions'>,
  key: RunKey,
): Promise<{ result: ResultToSend; batches: ReturnType<typeof inEnglish> } | undefined> {
  const run = await findRun(db, key)
  if (!run) return undefined
  const { id: runId, accountId } = run
  const result = (await findResult(db, run))?.result
  const kept = { accountId, runId, rows: result?.rows ?? 0 }
  const all = { words: [], filter: [] }
  const onlyNew = { ...all, isNew: true } as const
  const firstRows = async (selection: typeof all) =>
    (await listRows(db, kept, { ...selection, after: undefined, limit: rowsToSend })).map(
      ({ position: _, ...row }) => row,
    )
  const found = {
    run: toRun(run),
    actionTitle: actions.find(run.actionId)?.title ?? run.actionId,
    detail: result?.detail ?? null,
    columns: result?.columns ?? [],
    hasMachines: await hasMachines(db, kept),
    chart: result?.chart ?? null,
    rows: await firstRows(all),
    totalRows: await countRows(db, kept, all),
    newRows: await firstRows(onlyNew),
    totalNewRows: await countRows(db, kept, onlyNew),
    artifacts:
      (run.endedAt &&
        (await artifactsOfRuns(db, accountId, [runId])).get(runId)?.map(keptUntil({ config }, run.endedAt))) ??
      [],
    habits: run,
  }
  return { result: spoken(found, textOf), batches: inEnglish(readRows(db, kept)) }
}
