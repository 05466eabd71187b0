import type { ResultColumn } from '@standin/contracts'
import { expect, test } from 'vitest'
import {
  storableMessage,
  understandChart,
  understandColumns,
  understandFigure,
  understandRow,
} from './understand-rows.ts'

const columns: ResultColumn[] = [
  { key: 'name', title: 'Name', kind: 'text', filterable: false },
  { key: 'hours', title: 'Hours', kind: 'hours', filterable: false },
  { key: 'seen', title: 'Seen', kind: 'moment', filterable: false },
]

test('a cell that is left out, or null, is unknown', () => {
  expect(understandRow({ id: 'a', cells: { hours: null } }, columns, 12).cells).toEqual({
    name: null,
    hours: null,
    seen: null,
  })
})

const anObject = { a: 1 } as never
test.for([
  [{ hours: '4' }, 'the column "hours" takes a number (hours), and its cell is another text.'],
  [{ name: 4 }, 'the column "name" takes a text or a message, and its cell is a number.'],
  [{ other: 'x' }, 'there is no column "other"; the columns are name, hours, seen.'],
  [{ hours: Number.NaN }, 'the column "hours" takes a number (hours), and its cell is NaN (an unknown value is null).'],
  [{ hours: -1 / 0 }, 'its cell is -Infinity (an unknown value is null).'],
  [{ hours: 5n as never }, 'its cell is of another kind.'],
  [{ name: true as never }, 'its cell is a boolean.'],
  [{ name: anObject }, 'the column "name" takes a text or a message, and its cell is an object that is no message.'],
  [{ seen: 'yesterday' }, 'takes a moment, such as "2026-01-31T12:00:00Z", and its cell is another text.'],
  [{ seen: '2026-01-31' }, 'and its cell is another text.'],
  [{ seen: new Date() as never }, 'and its cell is a Date (toISOString makes a moment of it).'],
] as const)('a cell that its column does not allow is named by its row and column: %o', ([cells, what]) => {
  expect(() => understandRow({ id: 'a', cells }, columns, 12)).toThrow(
    expect.objectContaining({
      reason: 'ACTION_FAULTY',
      detail: expect.stringMatching(/^Row 12 of its result, and of the files made of it: /),
    }),
  )
  expect(() => understandRow({ id: 'a', cells }, columns, 12)).toThrow(what)
})

test.for([
  [{ about: 5 }, 'its "about" must be a text'],
  [{ cells: undefined }, 'it has no cells'],
  [{ machine: 'm1' }, 'its machine needs an id and a name'],
] as const)('a row of another form is named by what is wrong: %o', ([part, what]) => {
  const row = { id: 'a', cells: {}, ...part } as never
  expect(() => understandRow(row, columns, 12)).toThrow(expect.objectContaining({ reason: 'ACTION_FAULTY' }))
  expect(() => understandRow(row, columns, 12)).toThrow(`Row 12 of its result, and of the files made of it: ${what}`)
})

test('a chart, a figure or a sentence that cannot be shown is refused, and says where', () => {
  const chart = {
    kind: 'bars',
    title: 'x',
    unit: 'number',
    bars: [
      { label: 'a', value: 1 },
      { label: 'b', value: Number.NaN },
    ],
    note: null,
  } as const
  const faulty = expect.objectContaining({ reason: 'ACTION_FAULTY' })
  expect(() => understandChart({ ...chart, bars: [...chart.bars] })).toThrow('cannot be shown: bars.1.value.')
  expect(() => understandFigure({ value: Number.NaN, unit: 'number', words: 'x' })).toThrow('cannot be shown: value.')
  expect(() => storableMessage(anObject, 10)).toThrow(faulty)
  expect(() => storableMessage({ text: 'x', key: 'x', values: { count: Number.NaN } }, 10)).toThrow(faulty)
  expect(() => storableMessage(5 as never, 10)).toThrow(faulty)
})

test('rows before their columns, and rows without an id, are named as that', () => {
  expect(() => understandRow({ id: 'a', cells: { name: 'x' } }, [], 12)).toThrow(
    'call result.columns before result.rows',
  )
  const nameless = { cells: { name: 'x' } } as never
  expect(() => understandRow(nameless, columns, 12)).toThrow(expect.objectContaining({ reason: 'ACTION_FAULTY' }))
})

test('an impossible position is unknown', () => {
  const column: ResultColumn = { key: 'place', title: 'Position', kind: 'place', filterable: false }
  const understood = (place: string) => understandRow({ id: 'a', cells: { place } }, [column], 12).cells.place
  for (const place of ['55.67,12.56', '-90,180', '1e-7,0']) expect(understood(place)).toBe(place)
  for (const place of ['1e+21,0', '91,0', '0,181', '55.67', '55.67,', '1,2,3', 'NaN,0', 'here', '']) {
    expect(understood(place), place).toBeNull()
  }
})

test('texts are cut, and contain nothing that the database refuses', () => {
  const { id, machine, cells } = understandRow(
    { id: 'a\0', machine: { id: 'm', name: '\ud800x' }, cells: { name: `${'x'.repeat(499)}😀` } },
    columns,
    1,
  )
  expect({ id, machine }).toEqual({ id: 'a', machine: { id: 'm', name: '\ufffdx', detail: null } })
  expect(cells.name).toBe(`${'x'.repeat(499)}\ufffd`)
})

test('columns with the same key are a mistake', () => {
  expect(() => understandColumns([...columns, ...columns])).toThrow('the same key')
  expect(() => understandColumns(columns.map((column) => ({ ...column, key: 'machine' })).slice(2))).toThrow('is taken')
})

test('a place that is named by a missing column is a mistake', () => {
  const place = { key: 'place', title: 'Position', kind: 'place', filterable: false, namedBy: 'name' } as const
  expect(() => understandColumns([place])).toThrow('"place" is named by "name", which is none')
  expect(understandColumns([place, ...columns])[0]).toEqual(place)
})
