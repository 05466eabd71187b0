import type { ResultRow } from '@standin/contracts'
import { expect, test } from 'vitest'
import { emailOf, type ResultToTell, webhookBodyOf } from './result-message.ts'

const row = (id: string, name: string): ResultRow => ({
  id,
  machine: { id: `m-${id}`, name, detail: null },
  cells: { reason: 'Silent for 9 days', fuel: 12.345 },
  isNew: true,
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
  totalRows: 2,
  artifacts: [{ id: 'file', name: 'list.csv', mediaType: 'text/csv', bytes: 5, keptUntil: '2026-12-24T06:00:00.000Z' }],
  habits: { timeZone: null, unitSystem: null },
}
const shown = { appName: 'Fleet assistant', managerUrl: 'https://manager.example/?a=1&b=2' }

test('an email has the sentence, the first rows and a link into Manager', () => {
  const { subject, text, html } = emailOf(told, shown)
  expect(subject).toBe('Attention list: 2 machines need you.')
  for (const form of [text, html]) {
    for (const part of [
      '2 machines need you.',
      'Service is left out',
      'Loader',
      'Silent for 9 days',
      'Fuel (%)',
      '12.3',
      'Fleet assistant',
    ])
      expect(form).toContain(part)
  }
  expect(text).toContain('https://manager.example/?a=1&b=2')
  expect(html).toContain('href="https://manager.example/?a=1&amp;b=2"')
})

test('names stay text', () => {
  const { html } = emailOf(told, { ...shown, appName: '"><b>' })
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  expect(html).not.toContain('<script>')
  expect(html).not.toContain('<b>')
})

test('of many rows the first twenty are shown, and how many there are', () => {
  const rows = Array.from({ length: 30 }, (_, nth) => row(String(nth), `Machine ${nth}.`))
  const { text } = emailOf({ ...told, rows, totalRows: 900 }, shown)
  expect(text).toContain('Machine 19.')
  expect(text).not.toContain('Machine 20.')
  expect(text).toContain('the first 20 of 900 rows')
})

test('rows without machines have no column for them', () => {
  const { text } = emailOf({ ...told, rows: told.rows.map((each) => ({ ...each, machine: null })) }, shown)
  expect(text).toContain('Reason · Fuel (%)\nSilent for 9 days · 12.3')
})

test('a run that failed says so, and why', () => {
  const { subject, text } = emailOf(
    { ...told, run: { ...told.run, state: 'failed', reason: 'TRACKUNIT_UNAVAILABLE' }, rows: [] },
    shown,
  )
  expect(subject).toMatch(/^Attention list: It did not come to its end\. Trackunit does not answer/)
  expect(text).not.toContain('2 machines need you')
})

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
