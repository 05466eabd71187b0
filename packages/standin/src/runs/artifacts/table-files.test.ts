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
  test('is in the units and the time zone of the account, and names them', async () => {
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

  test('leaves empty what is not known, and tells zero from it', async () => {
    expect((await csv([row({ note: null, fuel: 0, seen: 'no moment' }, null)]))[1]).toBe(',,0,,no moment')
  })

  test.for(['=HYPERLINK("http://x")', '+1+1', '-2+3', '@SUM(A1)', '\t=1', '\r=1', '＝1'])(
    'never makes a formula of a name: %s',
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

  test.for(['=1+1', '+1', '@SUM(A1)', '<&>"\u0001'])('keeps a name as text: %s', async (name) => {
    const sheet = await xlsx([row({ note: name }, name)])
    const [machine, note] = sheet?.rows[1] ?? []
    expect([machine, note]).toEqual([name, name])
    expect([...(sheet?.cells?.values() ?? [])].filter((cell) => cell.formula !== undefined)).toEqual([])
  })
})
