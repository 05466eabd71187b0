import type { Action, Installation, ResultRow, Run, SentResult } from '@standin/client'
import { aRun } from '../../../packages/iris-ui/src/runs/a-run.fixture.ts'

/** The data of the reference screenshots, and their time: a Tuesday morning. */
export const now = '2026-11-24T09:30:00Z'
export const account = '6b5cb246-7945-4bb6-bec5-2a1413ffd1b3'
export const goingRun = '00000000-0000-4000-8000-000000000001'
export const endedRun = '00000000-0000-4000-8000-000000000002'

const scopes = ['asset.view', 'account.view', 'account.event.manage']

const installation: Installation = {
  accountId: account,
  state: 'active',
  since: '2026-11-02T07:10:00Z',
  reason: null,
  generation: 1,
  requestedScopes: scopes,
  grantedScopes: scopes,
  deniedScopes: [],
  missingFromPlan: [],
  waiting: [{ generation: 2, state: 'awaiting-approval', since: '2026-11-24T08:05:00Z', reason: null }],
  uninstallSignalledAt: null,
  mayApprove: true,
  trackunit: { unavailableSince: null, limitedUntil: null },
}

const anAction = (changes: Partial<Action> & Pick<Action, 'id' | 'title' | 'description'>): Action => ({
  changesData: false,
  scopes: ['asset.view'],
  missingScopes: [],
  missingFromPlan: [],
  missingPlan: null,
  missingOptionalScopes: [],
  mayStart: true,
  mayOverlap: false,
  usualSeconds: 40,
  secondsPerChange: null,
  reads: [],
  inputSchema: { type: 'object' },
  messages: {},
  ...changes,
})
const actions = [
  anAction({ id: 'attention-list', title: 'Attention list', description: 'Machines that need somebody.' }),
  anAction({ id: 'fleet-snapshot', title: 'Fleet snapshot', description: 'All machines in one list.' }),
]

const going = aRun({
  id: goingRun,
  accountId: account,
  createdAt: '2026-11-24T09:28:58Z',
  startedAt: '2026-11-24T09:29:00Z',
  progress: { done: 1_840, total: 2_964, message: 'machines listed', secondsLeft: 37, share: null },
  steps: [
    { name: 'List the machines', state: 'running', tookMs: null, counted: null, waited: null },
    { name: 'Read their counters', state: 'waiting', tookMs: null, counted: null, waited: null },
  ],
})
const ended = aRun({
  id: endedRun,
  accountId: account,
  actionId: 'attention-list',
  state: 'succeeded',
  headline: '12 of 101 machines need attention.',
  createdAt: '2026-11-24T06:00:00Z',
  startedAt: '2026-11-24T06:00:01Z',
  endedAt: '2026-11-24T06:00:43Z',
  startedBy: { kind: 'schedule', id: 'weekly', name: null },
  progress: { done: 101, total: 101, message: 'machines looked at', secondsLeft: null, share: null },
  artifacts: [
    {
      id: '00000000-0000-4000-8000-000000000003',
      name: 'attention-list.csv',
      mediaType: 'text/csv',
      bytes: 4_500,
      keptUntil: '2026-12-24T06:00:43Z',
    },
  ],
})

const reasons = { Silent: 5, 'Service overdue': 4, 'Fuel low': 2, 'No data': 1 }
const reasonIcons = [
  ['Silent', 'no-signal'],
  ['Service overdue', 'clock'],
  ['Fuel low', 'fuel'],
  ['No data', 'wrench'],
] as const
const rows = Object.entries(reasons)
  .flatMap(([reason, count]) => Array.from({ length: count }, () => reason))
  .map(
    (reason, index): ResultRow => ({
      id: `machine-${index}`,
      machine: { id: `machine-${index}`, name: `Excavator EX-${1_000 + index}`, detail: `VCEC220D${40_000 + index}` },
      cells: {
        why: reason,
        reason,
        since: index < 6 ? '2026-11-20T08:10:00Z' : null,
        site: index % 2 === 0 ? 'Aarhus Havn' : 'Nordhavn Tunnel',
        fuelPercent: 90 - 7 * index,
      },
      isNew: index < 2,
    }),
  )
const place = (latitude: number, longitude: number) => ({
  latitude,
  longitude,
  rows: 6,
  name: null,
  otherNames: 0,
  area: { south: latitude, west: longitude, north: latitude, east: longitude },
})
const column = (key: string, title: string, filterable = false) => ({ key, title, kind: 'text', filterable }) as const
const result: SentResult = {
  figure: null,
  offer: null,
  headline: ended.headline,
  detail: '3 machines came off the list since last time.',
  rows,
  total: rows.length,
  map: { places: [place(55.68, 12.57), place(56.16, 10.2)], rowsWithoutPlace: 0 },
  columns: [
    column('why', 'Why'),
    { key: 'since', title: 'Since', kind: 'moment', filterable: false, under: 'why' },
    { ...column('reason', 'Reason', true), icons: reasonIcons.map(([of, icon]) => ({ of, icon })) },
    column('site', 'Site', true),
    { key: 'fuelPercent', title: 'Fuel', kind: 'percent', filterable: false },
  ],
  chart: {
    kind: 'bars',
    title: 'Why they need attention',
    unit: 'number',
    bars: Object.entries(reasons).map(([label, value]) => ({ label, value })),
    column: 'reason',
    note: 'A machine with several reasons counts under the worst one.',
  },
  facets: [
    {
      key: 'reason',
      values: Object.entries(reasons).map(([value, rows], nth) => ({
        value,
        message: value,
        rows,
        newRows: nth === 0 ? 2 : 0,
      })),
    },
    {
      key: 'site',
      values: ['Aarhus Havn', 'Nordhavn Tunnel'].map((value) => ({
        value,
        message: value,
        rows: 6,
        newRows: 1,
      })),
    },
  ],
}
const nothingFound: SentResult = {
  headline: null,
  figure: null,
  offer: null,
  detail: null,
  chart: null,
  map: null,
  columns: [],
  rows: [],
  total: 0,
  facets: [],
}

/** A server's answers, by procedure. Streams send nothing. */
export const answers: Record<string, (input: { runId?: string; states?: Run['state'][] }) => unknown> = {
  'installation.get': () => installation,
  'action.list': () => ({ actions, sendsEmail: true }),
  'schedule.list': () => ({ schedules: [], declined: [], nextCursor: null }),
  'run.list': ({ states = [] }) => ({ runs: states.includes('running') ? [going] : [ended], nextCursor: null }),
  'run.latest': () => ({ runs: [ended] }),
  'delivery.undelivered': () => ({ deliveries: [] }),
  'run.get': ({ runId }) => (runId === goingRun ? going : ended),
  'run.result': ({ runId }) => (runId === goingRun ? nothingFound : result),
}
