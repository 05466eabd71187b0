import {
  type ResultChart,
  type ResultColumn,
  type ResultRow,
  type Run,
  type SentFigure,
  type SentRow,
  type Spoken,
  spoken,
} from '@standin/contracts'
import { sayInLanguage, speaks } from '../actions/say-in-language.ts'
import { toRun } from '../actions/to-run.ts'
import { artifactsOfRuns } from '../results/artifacts/artifact-store.ts'
import type { ReaderHabits } from '../results/artifacts/readers-table.ts'
import { keptUntil } from '../results/kept-until.ts'
import { countRows, countValues, hasMachines, listRows, readRows } from '../results/result-row-store.ts'
import { findResult } from '../results/result-store.ts'
import { findRun } from '../runs/run-store.ts'
import type { RunKey } from '../runs/run-table.ts'
import type { DeliveriesContext } from './deliveries-context.ts'

/** The result of a run as emails and webhooks report it: in the reader's language, or in English. */
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
      | 'incomplete'
      | 'startedAt'
      | 'endedAt'
      | 'scheduleId'
    >
  >
  actionTitle: string
  /** As Manager shows it; null if it did not come with the run. */
  accountName: string | null
  detail: string | null
  chart: ResultChart | null
  figure: Spoken<SentFigure> | null
  /** How many new rows each value of the chart's column has, the most frequent first. */
  newByKind: ReadonlyArray<{ label: string; rows: number }>
  columns: readonly ResultColumn[]
  hasMachines: boolean
  /** The first rows, at most `rowsToSend`. */
  rows: readonly ResultRow[]
  totalRows: number
  /** How many rows the previous run did not have. */
  totalNewRows: number
  artifacts: Run['artifacts']
  habits: ReaderHabits
}

/** The most rows that any message shows. */
const rowsToSend = 100

/**
 * @param to `program`: always in English
 * @returns undefined if the run is no longer kept
 */
export async function findResultToSend(
  { db, config, actions }: Pick<DeliveriesContext, 'db' | 'config' | 'actions'>,
  key: RunKey,
  { to }: { to: 'reader' | 'program' },
): Promise<{ result: ResultToSend; batches: AsyncGenerator<ResultRow[]> } | undefined> {
  const run = await findRun(db, key)
  if (!run) return undefined
  const { id: runId, accountId } = run
  const result = (await findResult(db, run))?.result
  const kept = { accountId, runId, rows: result?.rows ?? 0 }
  const all = { words: [], filter: [] }
  const rows = await listRows(db, kept, { ...all, after: undefined, limit: rowsToSend })
  const action = actions.find(run.actionId)
  // An action without the reader's language makes the whole message English: it does not mix two.
  const language = to === 'reader' && speaks(action, run.language) ? run.language : null
  const say = sayInLanguage(action, language)
  const column = result?.chart?.kind === 'bars' ? result.chart.column : undefined
  const byKind = column === undefined ? [] : await countValues(db, kept, { key: column, limit: 10 })
  const found = {
    run: toRun(run),
    actionTitle: action ? { text: action.title, key: 'title', values: {} } : run.actionId,
    accountName: run.accountName,
    detail: result?.detail ?? null,
    columns: result?.columns ?? [],
    hasMachines: await hasMachines(db, kept),
    chart: result?.chart ?? null,
    figure: result?.figure ?? null,
    newByKind: byKind
      .filter(({ newRows }) => newRows > 0)
      .map(({ message, newRows }) => ({ label: message, rows: newRows })),
    rows: rows.map(({ position: _, ...row }) => row),
    totalRows: await countRows(db, kept, all),
    totalNewRows: await countRows(db, kept, { ...all, isNew: true }),
    artifacts:
      (run.endedAt &&
        (await artifactsOfRuns(db, accountId, [runId])).get(runId)?.map(keptUntil({ config }, run.endedAt))) ??
      [],
    habits: { timeZone: run.timeZone, unitSystem: run.unitSystem, language },
  }
  return { result: spoken(found, say), batches: inWords(readRows(db, kept), say) }
}

async function* inWords(
  batches: AsyncIterable<SentRow[]>,
  say: Parameters<typeof spoken>[1],
): AsyncGenerator<ResultRow[]> {
  for await (const rows of batches) yield spoken(rows, say)
}
