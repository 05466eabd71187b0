import type { ResultColumn, ResultRow } from '@standin/contracts'
import { stringify } from 'csv-stringify/sync'
import { type CellValue, writeXlsxStream } from 'hucre/xlsx'
import { type ReaderHabits, type ReadersCell, readersTable } from './readers-table.ts'

/** Rows of a result, to become a file. */
export interface TableToWrite {
  columns: readonly ResultColumn[]
  batches: AsyncIterable<ResultRow[]>
  habits: ReaderHabits
}

export const csvMediaType = 'text/csv; charset=utf-8'
export const xlsxMediaType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** The mark that makes spreadsheets read a file as UTF-8. */
const byteOrderMark = '\uFEFF'

/**
 * Lines of a CSV file. Names come from people: a cell that begins like a formula must not become one.
 * @see RFC 4180
 */
export function toCsv(rows: ReadonlyArray<ReadonlyArray<string | number | null | undefined>>): string {
  return stringify(
    rows.map((row) => [...row]),
    { escape_formulas: true, record_delimiter: 'windows' },
  )
}

/** A CSV file of a table, a batch of rows in memory at a time. */
export async function* csvOf({ columns, batches, habits }: TableToWrite): AsyncGenerator<string> {
  const { titles, cells } = readersTable(columns, habits)
  yield byteOrderMark + toCsv([titles])
  for await (const rows of batches) yield toCsv(rows.map((row) => cells(row).map(textOrNumber)))
}

/** A workbook of a table, a batch of rows in memory at a time. Texts are texts: none becomes a formula. */
export async function* xlsxOf({ columns, batches, habits }: TableToWrite): AsyncGenerator<Uint8Array> {
  const { titles, cells } = readersTable(columns, habits)
  async function* rows(): AsyncGenerator<CellValue[]> {
    for await (const batch of batches) for (const row of batch) yield cells(row).map(dateOrPlain)
  }
  const kinds = [undefined, ...columns.map(({ kind }) => kind)]
  yield* writeXlsxStream(rows(), {
    name: 'Result',
    columns: titles.map((header, nth) => ({
      header,
      width: Math.min(40, Math.max(12, header.length + 2)),
      ...(kinds[nth] === 'moment' && { numFmt: 'yyyy-mm-dd hh:mm' }),
    })),
    freezePane: { rows: 1 },
  })
}

const textOrNumber = (cell: ReadersCell) =>
  cell instanceof Temporal.PlainDateTime ? cell.toString().replace('T', ' ') : cell

/** A workbook knows no time zones: what a `Date` says in UTC is what is shown. */
const dateOrPlain = (cell: ReadersCell): CellValue =>
  cell instanceof Temporal.PlainDateTime ? new Date(cell.toZonedDateTime('UTC').epochMilliseconds) : cell
