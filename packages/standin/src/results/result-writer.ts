import type { Message, SentChart, SentColumn, SentFigure, SentOffer, SentRow } from '@standin/contracts'
import type { Database, Transaction } from '../database/database.ts'
import type { RunLease } from '../runs/run-lease-store.ts'
import { workingStates } from '../runs/run-lifecycle.ts'
import { whileHeld } from '../runs/while-held.ts'
import { StandinError } from '../standin-error.ts'
import { countResult } from './count-result.ts'
import { hasMachines, insertRows, readRows } from './result-row-store.ts'
import { findResult, keepResult, openResult } from './result-store.ts'
import {
  type GivenRow,
  type StorableRow,
  storableMessage,
  understandChart,
  understandColumns,
  understandFigure,
  understandOffer,
  understandRow,
} from './understand-rows.ts'

/** The result of a run. Each call replaces the previous one, except `rows`. Everything can be read after the next checkpoint. */
export interface ResultWriter {
  /** Sets the columns; call it before adding rows. A column's kind is the kind of its cells. */
  columns(columns: readonly GivenColumn[]): Promise<void>
  /**
   * Adds rows at the end; if they have an order, the worst first. A row whose id already exists is ignored.
   * @throws StandinError `ACTION_FAULTY` for a cell that does not match its column, or is NaN, naming row and column
   */
  rows(rows: readonly GivenRow[]): Promise<void>
  /** At most one. @throws StandinError `ACTION_FAULTY` for a value that cannot be shown, such as NaN */
  chart(chart: SentChart): Promise<void>
  /**
   * Early findings, the worst first, which may still change. They are shown until the first call of `rows`.
   * @param total how many there are; the first 50 rows are kept
   * @throws Error if a cell does not match its column
   */
  early(rows: readonly GivenRow[], total: number): Promise<void>
  /** The key number of the result. Emails show it large, before its text. */
  figure(figure: SentFigure | null): Promise<void>
  /** A schedule that would improve this result. The app offers it. */
  offer(offer: SentOffer): Promise<void>
  /** What the headline leaves out, and why. */
  detail(text: Message): Promise<void>
  /** The result so far, for a file: its columns, texts and all rows, in batches. */
  read(): Promise<{
    columns: readonly SentColumn[]
    hasMachines: boolean
    batches: AsyncIterable<SentRow[]>
    headline?: Message | null
    chart?: SentChart | null
    /** Where Manager shows a machine. */
    machineUrl?: (id: string) => string
    /** Formats messages in the reader's language; without it, files are in English. */
    say?: (message: Message) => string
  }>
}

export type GivenColumn = Omit<SentColumn, 'filterable'> & Partial<Pick<SentColumn, 'filterable'>>

/** What the run itself does with its result, at checkpoints and at its end. */
export interface OpenResult extends ResultWriter {
  /** Writes what is in memory. */
  flush(): Promise<void>
  /** Counts everything once no more is added, so that its readers need not. */
  count(): Promise<void>
  /** Makes everything that was flushed part of the result. */
  keep(tx: Transaction): Promise<void>
  /** Whether there is a result to keep. */
  isOpen(): boolean
}

interface AroundResult {
  /** No result is begun while the account's others have this many rows. */
  rowsPerAccount?: number
  // What files need besides the result itself.
  machineUrl?: (id: string) => string
  say?: (message: Message) => string
}

const rowsAtOnce = 500
const maxRows = 200_000
const mostEarly = 50

/** Writes the result of a run, for the worker that holds the run. The next worker deletes rows after the last checkpoint. */
export function createResultWriter(
  db: Database,
  run: RunLease,
  { rowsPerAccount = Number.POSITIVE_INFINITY, ...forFiles }: AroundResult = {},
): OpenResult {
  const held = { ...run, states: workingStates }
  let opening: Promise<void> | undefined
  let buffered: StorableRow[] = []
  let flushed: Promise<void> = Promise.resolve()
  let hasFailed = false
  let position = 0
  let columns: SentColumn[] = []
  const changed: Parameters<typeof keepResult>[2] = {}

  function open(): Promise<void> {
    opening ??= whileHeld(db, held, (tx) => openResult(tx, run, { rowsPerAccount })).then((result) => {
      position = result.rows
      if (columns.length === 0) columns = result.columns
    })
    return opening
  }

  async function writeBuffered(): Promise<void> {
    if (buffered.length === 0) return
    const rows = buffered
    buffered = []
    await whileHeld(db, held, (tx) => insertRows(tx, { run, position, rows }))
    position += rows.length
  }

  /** Writes batches one after another. After one has failed, no more are written: a result has no gaps. */
  function flush(): Promise<void> {
    flushed = flushed.then(writeBuffered)
    flushed.catch(() => {
      hasFailed = true
    })
    return flushed
  }

  return {
    async columns(given) {
      columns = understandColumns(given.map((column) => ({ filterable: false, ...column })))
      changed.columns = columns
      changed.counts = null
      await open()
    },
    async rows(given) {
      await open()
      if (position + buffered.length + given.length > maxRows)
        throw new StandinError('ACTION_FAULTY', {
          detail: `A result has at most ${maxRows} rows. Keep the worst, or write the others into a file of the run.`,
        })
      changed.early = null
      changed.counts = null
      for (const row of given) buffered.push(understandRow(row, columns, position + buffered.length + 1))
      if (buffered.length >= rowsAtOnce) await flush()
    },
    async chart(chart) {
      changed.chart = understandChart(chart)
      await open()
    },
    async early(given, total) {
      const rows = given.slice(0, mostEarly).map((row, nth) => understandRow(row, columns, nth + 1))
      changed.early = { rows: rows.map(({ id, machine, cells }) => ({ id, machine, cells, isNew: false })), total }
      await open()
    },
    async figure(figure) {
      changed.figure = figure && understandFigure(figure)
      await open()
    },
    async offer(offer) {
      changed.offer = understandOffer(offer)
      await open()
    },
    async detail(text) {
      changed.detail = storableMessage(text, 1_000)
      await open()
    },
    async read() {
      await open()
      await flush()
      const kept = { accountId: run.accountId, runId: run.id, rows: position }
      const said = await findResult(db, run)
      return {
        columns,
        hasMachines: await hasMachines(db, kept),
        batches: readRows(db, kept),
        headline: said?.headline ?? null,
        chart: changed.chart ?? said?.result?.chart ?? null,
        ...forFiles,
      }
    },
    flush,
    async count() {
      if (!opening) return
      await flush()
      changed.counts = await countResult(db, { accountId: run.accountId, runId: run.id, rows: position, columns })
    },
    isOpen: () => opening !== undefined,
    async keep(tx) {
      if (opening && !hasFailed) await keepResult(tx, run, { ...changed, rows: position })
    },
  }
}
