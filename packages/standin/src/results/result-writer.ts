import type { Message, RunState, SentChart, SentColumn, SentRow } from '@standin/contracts'
import type { Database, Transaction } from '../database/database.ts'
import { holdsRun } from '../runs/run-lease-store.ts'
import { workingStates } from '../runs/run-lifecycle.ts'
import { RunStopped } from '../runs/run-stopped.ts'
import { hasMachines, insertRows, keepResult, openResult, readRows } from './result-store.ts'
import {
  type GivenRow,
  type StorableRow,
  storableMessage,
  understandColumns,
  understandRow,
} from './understand-rows.ts'

/** What a run found. The last of each counts; all of it can be read from the next checkpoint on. */
export interface ResultWriter {
  /** A column's kind says what its cells hold; give them before the rows. */
  columns(columns: readonly GivenColumn[]): Promise<void>
  /**
   * Adds rows at the end, the worst first where they have an order. A row id that is there already is left as it is.
   * @throws Error where a cell is not as its column says
   */
  rows(rows: readonly GivenRow[]): Promise<void>
  /** At most one. */
  chart(chart: SentChart): Promise<void>
  /** More than the headline: what is left out, and why. */
  detail(text: Message): Promise<void>
  /** The columns, and all rows so far, in batches: to make a file of them. */
  read(): Promise<{ columns: readonly SentColumn[]; hasMachines: boolean; batches: AsyncIterable<SentRow[]> }>
}

export type GivenColumn = Omit<SentColumn, 'filterable'> & Partial<Pick<SentColumn, 'filterable'>>

/** What the run does with its result at its checkpoints and at its end. */
export interface OpenResult extends ResultWriter {
  /** Writes what is in memory. */
  flush(): Promise<void>
  /** Makes all that was flushed count. */
  keep(tx: Transaction): Promise<void>
}

const rowsAtOnce = 500
const maxRows = 200_000

/** The result of a run, for the worker that has it: rows that no checkpoint kept are dropped when another goes on. */
export function createResultWriter(
  db: Database,
  { runId, epoch, accountId }: { runId: string; epoch: number; accountId: string },
): OpenResult {
  let opened: ReturnType<typeof open> | undefined
  let held: StorableRow[] = []
  let flushed: Promise<void> = Promise.resolve()
  let columns: SentColumn[] = []
  const said: { columns?: SentColumn[]; chart?: SentChart; detail?: Message } = {}
  let position = 0
  let hasFailed = false

  async function whileHeld<Result>(states: RunState[], work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    return db.transaction(async (tx) => {
      if (!(await holdsRun(tx, { runId, epoch, states }))) throw new RunStopped()
      return work(tx)
    })
  }

  async function open(): Promise<void> {
    const result = await whileHeld(workingStates, (tx) => openResult(tx, { runId, accountId }))
    position = result.rows
    if (columns.length === 0) columns = result.columns
  }
  const opening = () => {
    opened ??= open()
    return opened
  }

  async function writeHeld(): Promise<void> {
    if (held.length === 0) return
    const rows = held
    held = []
    await whileHeld(workingStates, (tx) => insertRows(tx, { runId, position, rows }))
    position += rows.length
  }

  /** One batch after the other; after one that could not be written, none is: a result has no gaps. */
  function flush(): Promise<void> {
    flushed = flushed.then(writeHeld)
    flushed.catch(() => {
      hasFailed = true
    })
    return flushed
  }

  return {
    async columns(given) {
      columns = understandColumns(given.map((column) => ({ filterable: false, ...column })))
      said.columns = columns
      await opening()
    },
    async rows(given) {
      await opening()
      if (position + held.length + given.length > maxRows) throw new Error(`a result has at most ${maxRows} rows`)
      for (const row of given) held.push(understandRow(row, columns))
      if (held.length >= rowsAtOnce) await flush()
    },
    async chart(chart) {
      said.chart = chart
      await opening()
    },
    async detail(text) {
      said.detail = storableMessage(text, 1_000)
      await opening()
    },
    async read() {
      await opening()
      await flush()
      const kept = { runId, rows: position }
      return { columns, hasMachines: await hasMachines(db, kept), batches: readRows(db, kept) }
    },
    flush,
    async keep(tx) {
      if (opened === undefined || hasFailed) return
      await keepResult(tx, runId, { ...said, rows: position })
    },
  }
}
