import type { ResultToSend } from '../../../packages/standin/src/deliveries/find-result-to-send.ts'

/** The email of the reference screenshots. */
export const emailUrls = {
  managerUrl: 'https://manager.example',
  appUrl: 'https://manager.example/standin',
  withdrawUrl: 'https://standin.example/receivers/withdraw/x',
}
const found = [
  ['Volvo EC220E', 'EX-1142', 'Silent for 60 days', null, '2026-09-29T12:00:00Z', false],
  ['Bomag BW 120 AD-5', 'RO-1133', 'Silent for 57 days', 'Kalasatama towers', '2026-10-01T20:29:00Z', false],
  ['Volvo L120H', 'WL-1065', 'Silent for 55 days', 'Nordhavn Tunnel', '2026-10-03T23:29:00Z', false],
  ['Genie GS-1932', 'SL-1109', 'Silent for 8 days', 'Femern Link, portal', '2026-11-20T10:09:00Z', true],
  ['Hitachi ZX135US-7', 'EX-1080', 'Tracker battery low for 19 days', 'Køge yard', '2026-11-28T04:11:00Z', true],
] as const
const column = { kind: 'text', filterable: false } as const

export const sentResult: ResultToSend = {
  run: {
    id: '00000000-0000-4000-8000-000000000002',
    accountId: 'account',
    actionId: 'attention-list',
    state: 'succeeded',
    reason: null,
    failure: null,
    incomplete: null,
    scheduleId: 'weekly',
    headline: '33 of 250 machines need attention, 3 of them new.',
    startedAt: '2026-11-28T05:05:00Z',
    endedAt: '2026-11-28T05:09:00Z',
  },
  actionTitle: 'Attention list',
  accountName: 'Nordvang Entreprenør A/S',
  detail: '3 machines came off the list since last time.',
  figure: { value: 33, unit: 'number', words: 'of 250 machines need attention' },
  newByKind: [
    { label: 'Silent', rows: 2 },
    { label: 'Service overdue', rows: 1 },
  ],
  chart: null,
  columns: [
    { ...column, key: 'why', title: 'Why' },
    { ...column, key: 'lastSeenAt', title: 'Last seen', kind: 'moment' },
    { ...column, key: 'site', title: 'Site', filterable: true },
  ],
  hasMachines: true,
  rows: found.map(([name, detail, why, site, lastSeenAt, isNew]) => ({
    id: detail,
    machine: { id: detail, name, detail },
    cells: { why, site, lastSeenAt },
    isNew,
  })),
  totalRows: 33,
  totalNewRows: 3,
  artifacts: [],
  habits: { timeZone: 'Europe/Copenhagen', unitSystem: 'metric' },
}
