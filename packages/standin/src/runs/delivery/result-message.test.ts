import type { ResultRow } from '@standin/contracts'
import { expect, test } from 'vitest'
import { type ResultToTell, webhookBodyOf } from './result-message.ts'

const row = (id: string, name: string): ResultRow => ({
  id,
  machine: { id: `m-${id}`, name, detail: null },
  cells: { reason: 'Silent for 9 days', fuel: 12.345 },
  isNew: false,
})
const told: ResultToTell = {
  run: {
    ...{ id: 'run', accountId: 'account', actionId: 'attention-list', scheduleId: null },
    ...{ state: 'succeeded', reason: null, headline: '2 machines need you.' },
    ...{ startedAt: '2026-03-02T05:00:00.000Z', endedAt: '2026-03-02T05:00:09.000Z' },
  },
  actionTitle: 'Attention list',
  detail: 'Service is left out: the scope is not granted.',
  columns: [
    { key: 'reason', title: 'Reason', kind: 'text', filterable: true },
    { key: 'fuel', title: 'Fuel', kind: 'percent', filterable: false },
  ],
  rows: [row('a', 'Loader'), row('b', '<script>alert(1)</script>')],
  hasMachines: true,
  totalRows: 2,
  newRows: [],
  totalNewRows: 0,
  chart: null,
  artifacts: [{ id: 'file', name: 'list.csv', mediaType: 'text/csv', bytes: 5, keptUntil: '2026-12-24T06:00:00.000Z' }],
  habits: { timeZone: null, unitSystem: null },
}

test('a POST has type, time and the result as it is read over the API', () => {
  const body = JSON.parse(webhookBodyOf(told))
  expect(body).toMatchObject({
    type: 'run.succeeded',
    timestamp: '2026-03-02T05:00:09.000Z',
    data: {
      run: {
        id: 'run',
        actionTitle: 'Attention list',
        headline: '2 machines need you.',
        artifacts: [{ name: 'list.csv', keptUntil: '2026-12-24T06:00:00.000Z' }],
      },
      rows: [{ id: 'a', machine: { name: 'Loader' }, cells: { fuel: 12.345 } }, { id: 'b' }],
      totalRows: 2,
    },
  })
})
