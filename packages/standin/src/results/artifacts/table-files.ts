import { csvSeparator, decimalMark, type ResultChart, type ResultColumn, type ResultRow } from '@standin/contracts'
import { stringify } from 'csv-stringify/sync'
import { type Cell, type CellValue, type ColumnDef, type WriteSheet, writeXlsx, writeXlsxStream } from 'hucre/xlsx'
import { fileWords, type ReaderHabits, type ReadersCell, readersTable } from './readers-table.ts'

/** Rows of a result, to be written to a file. */
export interface TableToWrite {
  columns: readonly ResultColumn[]
  /** Whether any row is about a machine; totals are not. */
  hasMachines?: boolean | undefined
  batches: AsyncIterable<ResultRow[]>
  habits: ReaderHabits
  /** The first line, above the titles, for example that the file is only a part. */
  note?: string | undefined
  /** The result in one sentence. A workbook has it on a first sheet of its own. */
  sentence?: string | undefined
  chart?: ResultChart | null | undefined
  /** Where Manager shows a machine. */
  machineUrl?: ((id: string) => string) | undefined
}

export const csvMediaType = 'text/csv; charset=utf-8'
export const xlsxMediaType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** Makes spreadsheets read a file as UTF-8. */
const byteOrderMark = '\uFEFF'

/**
 * Lines of a CSV file. People choose names freely, so a cell that looks like a formula must not become one.
 * @see RFC 4180
 */
export function toCsv(rows: ReadonlyArray<ReadonlyArray<string | number | null | undefined>>): string {
  return stringify(
    rows.map((row) => [...row]),
    { escape_formulas: true, record_delimiter: 'windows' },
  )
}

/** A CSV file of a table as the reader's spreadsheet expects it, with one batch of rows in memory at a time. */
export async function* csvOf({ columns, hasMachines, batches, habits, note }: TableToWrite): AsyncGenerator<string> {
  const { titles, cells } = readersTable(columns, habits, { hasMachines })
  const delimiter = csvSeparator(habits.language)
  const mark = decimalMark(habits.language)
  const cast = { number: (value: number) => String(value).replace('.', mark) }
  const lines = (rows: ReadersCell[][]) =>
    stringify(
      rows.map((row) => row.map(textOrNumber)),
      { escape_formulas: true, record_delimiter: 'windows', delimiter, cast },
    )
  yield byteOrderMark + lines(note === undefined ? [titles] : [[note], titles])
  for await (const rows of batches) yield lines(rows.map(cells))
}

/** A workbook with more rows is written row by row, since it would fill the memory. */
const mostAtOnce = 10_000

/**
 * A workbook of a table. Up to 10,000 rows it has the sentence and the chart on a first sheet, a row of filters, and links to
 * the machines; a longer one has the rows alone, with one batch in memory at a time. Texts stay texts: none becomes a formula.
 */
export async function* xlsxOf(table: TableToWrite): AsyncGenerator<Uint8Array> {
  const iterator = table.batches[Symbol.asyncIterator]()
  const rows: ResultRow[] = []
  let isWhole = false
  while (!isWhole && rows.length <= mostAtOnce) {
    const next = await iterator.next()
    if (next.done) isWhole = true
    else rows.push(...next.value)
  }
  if (isWhole) yield await wholeXlsx(table, rows)
  else yield* streamedXlsx(table, { rows, iterator })
}

async function wholeXlsx(table: TableToWrite, rows: readonly ResultRow[]): Promise<Uint8Array> {
  const { titles, kinds, cells } = readersTable(table.columns, table.habits, table)
  const heads = titles.map(inXml)
  const lines = rows.map((row) => cells(row).map(cellOf))
  const { machineUrl, hasMachines = true } = table
  const linked = rows.flatMap(({ machine }, nth) =>
    machineUrl && hasMachines && machine
      ? [[`${nth + 1},0`, { hyperlink: { target: machineUrl(machine.id) }, style: linkStyle }] as const]
      : [],
  )
  const bold = heads.map((_, nth) => [`0,${nth}`, { style: { font: boldFont } }] as const)
  const result: WriteSheet = {
    name: fileWords(table.habits).result,
    columns: heads.map((header, nth) => columnOf({ header, kind: kinds[nth], nth }, lines)),
    rows: [heads, ...lines],
    cells: new Map<string, Partial<Cell>>([...bold, ...linked]),
    autoFilter: { range: `A1:${columnName(heads.length - 1)}${lines.length + 1}` },
    freezePane: { rows: 1, columns: 1 },
  }
  return writeXlsx({ sheets: [...summaryOf(table), result] })
}

/** Named in full: a spreadsheet draws a font without a name and a size in one of its own. */
const plainFont = { name: 'Calibri', size: 11 } as const
const boldFont = { ...plainFont, bold: true } as const
const linkStyle = { font: { ...plainFont, color: { rgb: '0B4FB3' }, underline: true } } as const

/** The sentence, the bars as numbers, and a chart of them. */
function summaryOf({ sentence, chart, habits }: TableToWrite): WriteSheet[] {
  if (!sentence) return []
  const name = fileWords(habits).summary
  const bars = chart?.kind === 'bars' ? chart.bars : []
  const title = inXml(chart?.title ?? '')
  const firstBar = 3
  const lastBar = firstBar + bars.length - 1
  return [
    {
      name,
      columns: [{ width: 32 }, { width: 10 }],
      rows: [
        [inXml(sentence)],
        [],
        ...(bars.length > 0 ? [[title]] : []),
        ...bars.map((bar) => [inXml(bar.label), bar.value]),
      ],
      cells: new Map([
        ['0,0', { style: { font: { ...boldFont, size: 14 } } }],
        ['2,0', { style: { font: boldFont } }],
      ]),
      ...(bars.length > 0 && {
        charts: [
          {
            type: 'bar',
            title,
            series: [
              {
                name: title,
                categories: `'${name}'!$A$${firstBar + 1}:$A$${lastBar + 1}`,
                values: `'${name}'!$B$${firstBar + 1}:$B$${lastBar + 1}`,
              },
            ],
            anchor: { from: { row: 2, col: 3 }, to: { row: 20, col: 11 } },
          },
        ],
      }),
    },
  ]
}

/** `A` for 0, `AA` for 26. */
function columnName(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26))
  return index < 26 ? letter : columnName(Math.floor(index / 26) - 1) + letter
}

async function* streamedXlsx(
  { columns, hasMachines, habits }: TableToWrite,
  { rows: first, iterator }: { rows: readonly ResultRow[]; iterator: AsyncIterator<ResultRow[]> },
): AsyncGenerator<Uint8Array> {
  const { titles, kinds, cells } = readersTable(columns, habits, { hasMachines })
  const firstRows = first.map((row) => cells(row).map(cellOf))
  const sheetColumns = titles.map(inXml).map(
    (header, nth): ColumnDef => ({
      header,
      style: { font: boldFont },
      ...columnOf({ header, kind: kinds[nth], nth }, firstRows),
    }),
  )
  async function* rows(): AsyncGenerator<CellValue[]> {
    // The library cannot style only the header row. When it asks for the first row, it has written the header.
    for (const column of sheetColumns) delete column.style
    yield* firstRows
    for (let next = await iterator.next(); !next.done; next = await iterator.next())
      for (const row of next.value) yield cells(row).map(cellOf)
  }
  yield* writeXlsxStream(rows(), {
    name: fileWords(habits).result,
    columns: sheetColumns,
    freezePane: { rows: 1, columns: 1 },
  })
}

function columnOf(
  { header, kind, nth }: { header: string; kind: ResultColumn['kind'] | undefined; nth: number },
  lines: readonly CellValue[][],
): ColumnDef {
  const width = widthOf(
    header,
    lines.slice(0, rowsToMeasure).map((line) => line[nth] ?? null),
  )
  return { width, ...formatOf(kind) }
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
function cellOf(cell: ReadersCell): CellValue {
  if (cell instanceof Temporal.PlainDateTime) return new Date(cell.toZonedDateTime('UTC').epochMilliseconds)
  return typeof cell === 'string' ? inXml(cell) : cell
}

/**
 * Without the two characters that XML has no way to write: Excel refuses a whole workbook that has one. The library escapes control
 * characters. @see https://www.w3.org/TR/xml/#charsets
 */
const inXml = (text: string) => text.replaceAll(/[\uFFFE\uFFFF]/g, '\uFFFD')
