import type { ResultColumn, ResultRow } from '@standin/contracts'
import { stringify } from 'csv-stringify/sync'
import { type CellValue, type ColumnDef, writeXlsxStream } from 'hucre/xlsx'
import { type ReaderHabits, type ReadersCell, readersTable } from './readers-table.ts'

/** Rows of a result, to be written to a file. */
export interface TableToWrite {
  columns: readonly ResultColumn[]
  /** Whether any row is about a machine; totals are not. */
  hasMachines?: boolean | undefined
  batches: AsyncIterable<ResultRow[]>
  habits: ReaderHabits
  /** The first line, above the titles, such as that the file is only a part. */
  note?: string | undefined
}

export const csvMediaType = 'text/csv; charset=utf-8'
export const xlsxMediaType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** Makes spreadsheets read a file as UTF-8. */
const byteOrderMark = '\uFEFF'

/**
 * Lines of a CSV file. People choose names freely: a cell that looks like a formula must not become one.
 * @see RFC 4180
 */
export function toCsv(rows: ReadonlyArray<ReadonlyArray<string | number | null | undefined>>): string {
  return stringify(
    rows.map((row) => [...row]),
    { escape_formulas: true, record_delimiter: 'windows' },
  )
}

/** A CSV file of a table, with one batch of rows in memory at a time. */
export async function* csvOf({ columns, hasMachines, batches, habits, note }: TableToWrite): AsyncGenerator<string> {
  const { titles, cells } = readersTable(columns, habits, { hasMachines })
  yield byteOrderMark + toCsv(note === undefined ? [titles] : [[note], titles])
  for await (const rows of batches) yield toCsv(rows.map((row) => cells(row).map(textOrNumber)))
}

/** A workbook of a table, with one batch of rows in memory at a time. Texts stay texts: none becomes a formula. */
export async function* xlsxOf({ columns, hasMachines, batches, habits }: TableToWrite): AsyncGenerator<Uint8Array> {
  const { titles, kinds, cells } = readersTable(columns, habits, { hasMachines })
  const iterator = batches[Symbol.asyncIterator]()
  const first = await iterator.next()
  const firstRows = (first.done ? [] : first.value).map((row) => cells(row).map(dateOrPlain))
  const sheetColumns = titles.map(
    (header, nth): ColumnDef => ({
      header,
      width: widthOf(
        header,
        firstRows.slice(0, rowsToMeasure).map((row) => row[nth] ?? null),
      ),
      style: { font: { bold: true } },
      ...formatOf(kinds[nth]),
    }),
  )
  async function* rows(): AsyncGenerator<CellValue[]> {
    // The library cannot style only the header row. When it asks for the first row, it has written the header.
    for (const column of sheetColumns) delete column.style
    yield* firstRows
    for (let next = await iterator.next(); !next.done; next = await iterator.next())
      for (const row of next.value) yield cells(row).map(dateOrPlain)
  }
  yield* writeXlsxStream(rows(), { name: 'Result', columns: sheetColumns, freezePane: { rows: 1, columns: 1 } })
}

/** How numbers are displayed; the cell keeps all digits. */
const formats: Partial<Record<ResultColumn['kind'], string>> = {
  moment: 'yyyy-mm-dd hh:mm',
  ...Object.fromEntries(['hours', 'litres', 'kilometres', 'kilograms'].map((kind) => [kind, '#,##0.0'])),
}

const formatOf = (kind: ResultColumn['kind'] | undefined) => {
  const numFmt = kind && formats[kind]
  return numFmt === undefined ? {} : { numFmt }
}

const rowsToMeasure = 200
const widest = 44
const widthOfMoment = 17

/** In characters, so that most cells fit. */
function widthOf(header: string, cells: readonly CellValue[]): number {
  const lengths = cells.map((cell) => (cell instanceof Date ? widthOfMoment : String(cell ?? '').length))
  return Math.min(widest, Math.max(10, header.length, ...lengths) + 2)
}

const textOrNumber = (cell: ReadersCell) =>
  cell instanceof Temporal.PlainDateTime ? cell.toString().replace('T', ' ') : cell

/** A workbook has no time zones: it shows a `Date` in UTC. */
const dateOrPlain = (cell: ReadersCell): CellValue =>
  cell instanceof Temporal.PlainDateTime ? new Date(cell.toZonedDateTime('UTC').epochMilliseconds) : cell
