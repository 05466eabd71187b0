import type { ResultColumn, ResultRow } from '@standin/client'
import { expect, test } from 'vitest'
import { columnsToShow } from './columns-to-show.ts'

const column = (key: string, kind: ResultColumn['kind'] = 'text'): ResultColumn => ({
  key,
  title: key,
  kind,
  filterable: false,
})
const keys = (columns: readonly ResultColumn[]) => columns.map(({ key }) => key)
const row = (cells: ResultRow['cells']): ResultRow => ({
  id: '1',
  machine: { id: 'm', name: 'Volvo EC220', detail: 'EX-1187, VCE1' },
  cells,
  isNew: false,
})

test('a table beside the files shows the columns that fit, in order; the others are in the details', () => {
  const columns = [column('reason'), column('why'), column('site'), column('type'), column('fuel', 'percent')]
  const { shown, details } = columnsToShow(columns, [row({ reason: 'Silent' })])
  expect(keys(shown)).toEqual(['reason', 'why', 'site'])
  expect(keys(details)).toEqual(['type', 'fuel'])
})

test('numbers are narrow, so that a table of totals is shown whole', () => {
  const columns = [column('type'), ...['a', 'b', 'c', 'd', 'e'].map((key) => column(key, 'hours'))]
  expect(columnsToShow(columns, [{ ...row({}), machine: null }]).details).toEqual([])
})

test('what the machine’s cell shows is not repeated', () => {
  const { shown, details } = columnsToShow([column('serial'), column('site')], [row({ serial: 'VCE1', site: 'Vejle' })])
  expect(keys([...shown, ...details])).toEqual(['site'])
})

test('a machine’s id is never a column but in the details', () => {
  const { shown, details } = columnsToShow(
    [column('machineId'), column('type')],
    [row({ machineId: 'm', type: 'Roller' })],
  )
  expect(keys(shown)).toEqual(['type'])
  expect(keys(details)).toEqual(['machineId'])
})
