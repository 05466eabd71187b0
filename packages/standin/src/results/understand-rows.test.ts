import type { ResultColumn } from '@standin/contracts'
import { expect, test } from 'vitest'
import { understandColumns, understandRow } from './understand-rows.ts'

const columns: ResultColumn[] = [
  { key: 'name', title: 'Name', kind: 'text', filterable: false },
  { key: 'hours', title: 'Hours', kind: 'hours', filterable: false },
]

test('a cell that is left out, or is not a finite number, is unknown', () => {
  expect(understandRow({ id: 'a', cells: { hours: Number.NaN } }, columns, 12).cells).toEqual({
    name: null,
    hours: null,
  })
})

test.for([
  [{ hours: '4' }, 'the column "hours" takes a number (hours), and its cell is a text.'],
  [{ name: 4 }, 'the column "name" takes a text or a message, and its cell is a number.'],
  [{ other: 'x' }, 'there is no column "other"; the columns are name, hours.'],
] as const)('a cell that its column does not allow is named by its row and column: %o', ([cells, what]) => {
  const detail = `Row 12 of its result, and of the files made of it: ${what}`
  expect(() => understandRow({ id: 'a', cells }, columns, 12)).toThrow(
    expect.objectContaining({ reason: 'ACTION_FAULTY', detail }),
  )
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
  expect(() => understandColumns(columns.map((column) => ({ ...column, key: 'machine' })).slice(1))).toThrow('is taken')
})

test('a place that is named by a missing column is a mistake', () => {
  const place = { key: 'place', title: 'Position', kind: 'place', filterable: false, namedBy: 'name' } as const
  expect(() => understandColumns([place])).toThrow('"place" is named by "name", which is none')
  expect(understandColumns([place, ...columns])[0]).toEqual(place)
})
