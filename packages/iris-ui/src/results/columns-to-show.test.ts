import type { ResultColumn, ResultRow } from '@standin/client'
import { expect, test } from 'vitest'
import { columnsToShow, gridOf } from './columns-to-show.ts'

const column = (key: string, kind: ResultColumn['kind'] = 'text', more: Partial<ResultColumn> = {}): ResultColumn => ({
  key,
  title: key,
  kind,
  filterable: false,
  ...more,
})
const row = (cells: ResultRow['cells']): ResultRow => ({
  id: '1',
  machine: { id: 'm', name: 'Volvo EC220', detail: 'EX-1187, VCE1' },
  cells,
  isNew: false,
})
const keysOf = (columns: readonly ResultColumn[], rows = [row({ site: 'Yard' })]) =>
  columnsToShow(columns, rows).shown.map(({ column, under }) => [column.key, under?.key].filter(Boolean).join('/'))

test('a list beside the files shows the columns that fit, in order', () => {
  const columns = [column('why'), column('site'), column('type'), column('group'), column('fuel', 'percent')]
  expect(keysOf(columns)).toEqual(['why', 'site', 'type'])
})

test('an event of a machine has room for its kind, how grave it is, its moment and its site', () => {
  const columns = [column('event'), column('severity'), column('openedAt', 'moment'), column('site')]
  expect(keysOf(columns)).toEqual(['event', 'severity', 'openedAt', 'site'])
})

test('numbers are narrow, so that a table of totals is shown whole', () => {
  const columns = [column('type'), ...['a', 'b', 'c', 'd', 'e', 'f'].map((key) => column(key, 'hours'))]
  expect(keysOf(columns, [{ ...row({ site: 'Yard' }), machine: null }])).toHaveLength(7)
})

test('a line under a column takes no width; a detail beside the reason has a place of its own', () => {
  const columns = [
    column('why'),
    column('also', 'text', { under: 'why' }),
    column('since', 'moment', { under: 'why' }),
    column('site'),
    column('type', 'text', { under: 'site', filterable: true }),
    column('reason', 'text', { icons: [{ of: 'Silent', icon: 'clock' }] }),
    column('lastSeenAt', 'moment'),
  ]
  const shown = columnsToShow(columns, [row({ site: 'Yard' })])
  expect(keysOf(columns)).toEqual(['why/since', 'site/type', 'lastSeenAt'])
  expect(shown.tail).toEqual({ column: columns[1], under: 0 })
  expect(shown.icons?.key).toBe('reason')
  expect(
    gridOf(shown)
      .match(/[\d.]+\)/g)
      ?.reduce((sum, share) => sum + Number.parseFloat(share), 0),
  ).toBeCloseTo(1, 3)
})

test('what the machine’s cell shows, and its id, are not repeated', () => {
  expect(keysOf([column('serial'), column('site')], [row({ serial: 'VCE1', site: 'Vejle' })])).toEqual(['site'])
  expect(keysOf([column('machineId'), column('type')], [row({ machineId: 'm', type: 'Roller' })])).toEqual(['type'])
})

test('one odd name makes no column of what the other machines’ cells say', () => {
  const columns = [column('name'), column('site')]
  const plain = row({ name: 'EX-1187', site: 'Vejle' })
  const odd = row({ name: 'A crane whose name is cut', site: 'Vejle' })
  expect(keysOf(columns, [odd, plain, plain, plain])).toEqual(['site'])
  expect(keysOf(columns, [odd, odd, plain])).toEqual(['name', 'site'])
  expect(keysOf(columns, [row({ site: 'Vejle' })])).toEqual(['name', 'site'])
})

test('a site that is known of no machine is no “No site”', () => {
  const columns = [column('why'), column('site'), column('fuel', 'percent')]
  expect(keysOf(columns, [row({ why: 'Silent' })])).toEqual(['why', 'fuel'])
  expect(keysOf(columns, [row({ why: 'Silent' }), row({ site: 'Yard' })])).toEqual(['why', 'site', 'fuel'])
})

test('a column of nothing but dashes is left out', () => {
  const columns = [column('why'), column('since'), column('fuel', 'percent')]
  const rows = [1, 2, 3].map((fuel) => row({ why: 'Silent', fuel }))
  expect(keysOf(columns, rows)).toEqual(['why', 'fuel'])
  expect(keysOf(columns, rows.slice(1))).toEqual(['why', 'since', 'fuel'])
})
