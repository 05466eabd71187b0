import type { ResultRow } from '@standin/contracts'
import type { ResultToSend } from '../src/deliveries/find-result-to-send.ts'

export const row = (id: string, name: string, given: Partial<ResultRow> = {}): ResultRow => ({
  id,
  machine: { id: `m-${id}`, name, detail: null },
  cells: { reason: 'Silent for 9 days', fuel: 12.345 },
  isNew: false,
  ...given,
})
/** An attention list of two machines, one of them named like markup. */
export const result: ResultToSend = {
  run: {
    id: 'run',
    accountId: 'account',
    actionId: 'attention-list',
    scheduleId: null,
    state: 'succeeded',
    reason: null,
    failure: null,
    headline: '2 machines need you.',
    incomplete: null,
    startedAt: '2026-03-02T05:00:00.000Z',
    endedAt: '2026-03-02T05:00:09.000Z',
  },
  actionTitle: 'Attention list',
  accountName: null,
  detail: 'Service is left out: the scope is not granted.',
  columns: [
    { key: 'reason', title: 'Reason', kind: 'text', filterable: true },
    { key: 'fuel', title: 'Fuel', kind: 'percent', filterable: false },
  ],
  rows: [row('a', 'Loader'), row('b', '<script>alert(1)</script>')],
  hasMachines: true,
  totalRows: 2,
  totalNewRows: 0,
  chart: null,
  figure: null,
  newByKind: [],
  artifacts: [{ id: 'file', name: 'list.csv', mediaType: 'text/csv', bytes: 5, keptUntil: '2026-12-24T06:00:00.000Z' }],
  habits: { timeZone: null, unitSystem: null },
}
