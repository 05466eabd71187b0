import type { ResultColumn, ResultRow } from '@standin/contracts'
import { readXlsx } from 'hucre/xlsx'
import { describe, expect, test } from 'vitest'
import type { ReaderHabits } from './readers-table.ts'
import { csvOf, xlsxOf } from './table-files.ts'

const columns: ResultColumn[] = [
  { key: 'note', title: 'Note', kind: 'text', filterable: false },
  { key: 'fuel', title: 'Fuel used', kind: 'litres', filterable: false },
  { key: 'heat', title: 'Heat', kind: 'celsius', filterable: false },
  { key: 'seen', title: 'Last seen', kind: 'moment', filterable: false },
]
const row = (cells: ResultRow['cells'], name: string | null = 'Loader'): ResultRow => ({
  id: 'r',
  machine: name === null ? null : { id: 'm', name, detail: null },
  cells,
  isNew: false,
})
const metric: ReaderHabits = { timeZone: null, unitSystem: null }
const american: ReaderHabits = { timeZone: 'America/New_York', unitSystem: 'imperial' }

async function* batchesOf(rows: ResultRow[]) {
  for (const each of rows) yield [each]
}
async function csv(rows: ResultRow[], habits = metric): Promise<string[]> {
  const pieces: string[] = []
  for await (const piece of csvOf({ columns, batches: batchesOf(rows), habits })) pieces.push(piece)
  return pieces.join('').split('\r\n')
}
async function xlsx(rows: ResultRow[], habits = metric) {
  const pieces: Uint8Array[] = []
  for await (const piece of xlsxOf({ columns, batches: batchesOf(rows), habits })) pieces.push(piece)
  const { sheets } = await readXlsx(Buffer.concat(pieces), { readStyles: true })
  return sheets[0]
}

describe('a CSV file', () => {
  test('has the units and the time zone of the account, and names them', async () => {
    const cells = { note: 'ä "b", c', fuel: 3.785411784, heat: 100, seen: '2026-07-01T02:30:00.500Z' }
    expect(await csv([row(cells)])).toEqual([
      '\uFEFFMachine,Note,Fuel used (l),Heat (°C),Last seen (UTC)',
      'Loader,"ä ""b"", c",3.785411784,100,2026-07-01 02:30:00',
      '',
    ])
    expect((await csv([row(cells)], american)).slice(0, 2)).toEqual([
      '\uFEFFMachine,Note,Fuel used (US gal),Heat (°F),Last seen (America/New_York)',
      'Loader,"ä ""b"", c",1,212,2026-06-30 22:30:00',
    ])
  })

  test.each([
    ['da-DK', 'Loader;"a;b, c";-2,5;1000;'],
    ['de', 'Loader;"a;b, c";-2,5;1000;'],
    ['sv-SE', 'Loader;"a;b, c";-2,5;1000;'],
    ['fr-FR', 'Loader;"a;b, c";-2,5;1000;'],
    ['en-GB', 'Loader,"a;b, c",-2.5,1000,'],
  ])('for a reader of %s is separated, and has decimals, as their spreadsheet expects', async (language, line) => {
    const cells = { note: 'a;b, c', fuel: -2.5, heat: 1_000, seen: null }
    expect((await csv([row(cells)], { ...metric, language }))[1]).toBe(line)
  })

  test('has a position as two numbers, both empty when it is unknown', async () => {
    const place: ResultColumn = { key: 'place', title: 'Position', kind: 'place', filterable: false }
    const rows = ['55.7,-12.6', null, 'nowhere', '1,'].map((value) => row({ place: value }))
    const pieces: string[] = []
    for await (const piece of csvOf({ columns: [place], batches: batchesOf(rows), habits: metric })) pieces.push(piece)
    expect(pieces.join('').split('\r\n')).toEqual([
      '\uFEFFMachine,"Position, latitude (°)","Position, longitude (°)"',
      'Loader,55.7,-12.6',
      'Loader,,',
      'Loader,,',
      'Loader,,',
      '',
    ])
  })

  test('has no machine column when no row is about a machine', async () => {
    const pieces: string[] = []
    const table = { columns: columns.slice(0, 1), hasMachines: false, batches: batchesOf([row({ note: 'a' }, null)]) }
    for await (const piece of csvOf({ ...table, habits: metric })) pieces.push(piece)
    expect(pieces.join('')).toBe('\uFEFFNote\r\na\r\n')
  })

  test('leaves unknown values empty, unlike zero', async () => {
    expect((await csv([row({ note: null, fuel: 0, seen: 'no moment' }, null)]))[1]).toBe(',,0,,no moment')
  })

  test.for(['=HYPERLINK("http://x")', '+1+1', '-2+3', '@SUM(A1)', '\t=1', '\r=1', '＝1'])(
    'never turns a name into a formula: %s',
    async (name) => {
      const [, line = ''] = (await csv([row({ note: null }, name)])).join('\r\n').split('Last seen (UTC)\r\n')
      expect(line.replace(/^"/, '').startsWith("'")).toBe(true)
    },
  )
})

describe('a workbook', () => {
  test('has the same titles and cells, numbers as numbers, moments in local time', async () => {
    const sheet = await xlsx(
      [row({ note: 'x', fuel: 3.785411784, heat: null, seen: '2026-07-01T02:30:00Z' }), row({ note: 'y' }, null)],
      american,
    )
    expect(sheet?.rows.map((cells) => cells.map((cell) => (cell instanceof Date ? cell.toISOString() : cell)))).toEqual(
      [
        ['Machine', 'Note', 'Fuel used (US gal)', 'Heat (°F)', 'Last seen (America/New_York)'],
        ['Loader', 'x', 1, null, '2026-06-30T22:30:00.000Z'],
        [null, 'y', null, null, null],
      ],
    )
  })

  test('has a bold header row, and the other rows are not bold', async () => {
    const sheet = await xlsx([row({ note: 'x', fuel: 1 }), row({ note: 'y' })])
    const bold = (line: number) =>
      sheet?.rows[line]?.map((_, column) => sheet.cells?.get(`${line},${column}`)?.style?.font?.bold === true)
    expect(new Set(bold(0))).toEqual(new Set([true]))
    expect(new Set([1, 2].flatMap((line) => bold(line) ?? []))).toEqual(new Set([false]))
    // A spreadsheet would draw a font without a name and a size in one of its own.
    expect(sheet?.cells?.get('0,0')?.style?.font).toMatchObject({ name: 'Calibri', size: 11 })
  })

  test('shows dates as dates and hours with one digit, in columns wide enough to read', async () => {
    const hours: ResultColumn = { key: 'hours', title: 'Hours', kind: 'hours', filterable: false }
    const name = 'Caterpillar 320 GC with a long name'
    const rows = [row({ note: 'n', seen: '2026-07-01T02:30:00Z', hours: 1_234.56 }, name), row({ hours: 2 }), row({})]
    const pieces: Uint8Array[] = []
    for await (const piece of xlsxOf({ columns: [...columns, hours], batches: batchesOf(rows), habits: metric }))
      pieces.push(piece)
    const { sheets } = await readXlsx(Buffer.concat(pieces), { readStyles: true })
    const sheet = sheets[0]
    const formatOf = (at: string) => sheet?.cells?.get(at)?.style?.numFmt
    expect(sheet?.rows).toHaveLength(4)
    expect([formatOf('1,4'), formatOf('1,5')]).toEqual(['yyyy-mm-dd hh:mm', '#,##0.0'])
    expect(sheet?.rows[1]?.[5]).toBe(1_234.56)
    expect(sheet?.columns?.map(({ width }) => width)).toEqual([37, 12, 15, 12, 19, 12])
  })

  test.for(['=1+1', '+1', '@SUM(A1)', '<&>"\u0001'])('keeps a name as text: %s', async (name) => {
    const sheet = await xlsx([row({ note: name }, name)])
    const [machine, note] = sheet?.rows[1] ?? []
    expect([machine, note]).toEqual([name, name])
    expect([...(sheet?.cells?.values() ?? [])].filter((cell) => cell.formula !== undefined)).toEqual([])
  })
})

describe('a workbook of a result', () => {
  const chart = {
    kind: 'bars' as const,
    title: 'Reasons',
    unit: 'number' as const,
    note: null,
    column: 'note',
    bars: [
      { label: 'Silent', value: 12 },
      { label: '=1+1', value: 6 },
    ],
  }
  const said = { sentence: '18 machines need attention.', chart, machineUrl: (id: string) => `https://m.example/${id}` }
  async function sheetsOf(table: Partial<Parameters<typeof xlsxOf>[0]>, rows: ResultRow[]) {
    const pieces: Uint8Array[] = []
    for await (const piece of xlsxOf({ columns, batches: batchesOf(rows), habits: metric, ...said, ...table }))
      pieces.push(piece)
    return (await readXlsx(Buffer.concat(pieces))).sheets
  }

  test('has the sentence and the chart on its first sheet, then the rows with filters and links', async () => {
    const [summary, result] = await sheetsOf({}, [row({ note: 'x' }), row({ note: 'y' }, null)])
    expect(summary?.rows[0]?.[0]).toBe('18 machines need attention.')
    expect(summary?.rows.slice(2)).toEqual([
      ['Reasons', null],
      ['Silent', 12],
      ['=1+1', 6], // A text, and no formula.
    ])
    expect(summary?.charts).toHaveLength(1)
    expect(result?.name).toBe('Result')
    expect(result?.autoFilter?.range).toBe('A1:E3')
    expect(result?.cells?.get('1,0')?.hyperlink?.target).toBe('https://m.example/m')
    expect(result?.cells?.get('2,0')?.hyperlink).toBeUndefined()
  })

  test.for([1, 10_001])(
    'of %i rows has no character that XML cannot have: Excel would refuse the file',
    async (rows) => {
      const bad = 'a\uFFFEb\uFFFFc'
      const bars = [{ label: bad, value: 1 }]
      const titled = columns.map((column) => ({ ...column, title: bad }))
      const table = { columns: titled, sentence: bad, chart: { ...chart, title: bad, bars } }
      const sheets = await sheetsOf(
        table,
        Array.from({ length: rows }, () => row({ note: bad }, bad)),
      )
      const texts = sheets.flatMap((sheet) => [...sheet.rows.flat(), ...(sheet.charts ?? []).map(({ title }) => title)])
      expect(JSON.stringify(texts)).toContain('a\uFFFDb\uFFFDc')
      expect(JSON.stringify(texts)).not.toMatch(/[\uFFFE\uFFFF]/)
    },
  )

  test('is in the language of its reader', async () => {
    const [summary, result] = await sheetsOf({ habits: { ...metric, language: 'de-DE' } }, [row({ note: 'x' })])
    expect([summary?.name, result?.name, result?.rows[0]?.[0]]).toEqual(['Zusammenfassung', 'Ergebnis', 'Maschine'])
  })

  test('of a long result has all rows, without what would fill the memory', async () => {
    const rows = Array.from({ length: 10_001 }, (_, nth) => row({ note: String(nth) }))
    const sheets = await sheetsOf({}, rows)
    expect(sheets.map(({ name }) => name)).toEqual(['Result'])
    expect(sheets[0]?.rows).toHaveLength(10_002)
  })
})
