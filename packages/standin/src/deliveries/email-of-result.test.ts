import { expect, test } from 'vitest'
import { result, row } from '../../test/result-to-send.ts'
import { emailOf } from './email-of-result.ts'

const shown = {
  ...{ appName: 'Fleet assistant', managerUrl: 'https://manager.example/?a=1&b=2' },
  withdrawUrl: 'https://standin.example/receivers/withdraw/x?a=1&b=2',
}

test('an email has the sentence, the first rows and a link into Manager', () => {
  const { subject, text, html } = emailOf(result, shown)
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
  expect(text).toContain('To stop these emails: https://standin.example/receivers/withdraw/x?a=1&b=2')
  expect(html).toContain('href="https://standin.example/receivers/withdraw/x?a=1&amp;b=2"')
})

test('names stay text', () => {
  const { html } = emailOf(result, { ...shown, appName: '"><b>' })
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  expect(html).not.toContain('<script>')
  expect(html).not.toContain('<b>')
})

test('the first twenty of many rows are shown, with the total', () => {
  const rows = Array.from({ length: 30 }, (_, nth) => row(String(nth), `Machine ${nth}.`))
  const { text } = emailOf({ ...result, rows, totalRows: 900 }, shown)
  expect(text).toContain('Machine 19.')
  expect(text).not.toContain('Machine 20.')
  expect(text).toContain('the first 20 of 900 rows')
})

test('rows without machines have no column for them', () => {
  const { text } = emailOf({ ...result, rows: result.rows.map((each) => ({ ...each, machine: null })) }, shown)
  expect(text).toContain('Reason · Fuel (%)\nSilent for 9 days · 12.3')
})

test('a run that failed says so, and why', () => {
  const { subject, text } = emailOf(
    { ...result, run: { ...result.run, state: 'failed', reason: 'TRACKUNIT_UNAVAILABLE' }, rows: [] },
    shown,
  )
  expect(subject).toMatch(/^Attention list: The run did not finish\. Trackunit is not answering/)
  const failed = { state: 'failed', reason: 'ACTION_FAILED', failure: 'Order 77 is closed.' } as const
  expect(emailOf({ ...result, run: { ...result.run, ...failed }, rows: [] }, shown).text).toContain(
    'The run did not finish. Order 77 is closed.',
  )
  expect(text).not.toContain('2 machines need you')
})

test('new rows come first, under their own title, even if they are far down the list', () => {
  const known = Array.from({ length: 30 }, (_, nth) => row(`k${nth}`, `Known ${nth}.`))
  const newRows = [row('n', 'Fresh.', { isNew: true })]
  const { text, html } = emailOf({ ...result, rows: known, totalRows: 31, newRows, totalNewRows: 1 }, shown)

  expect(text).toMatch(
    /New since last time: 1\nMachine · .*\nFresh\. · .*\n\nAlready there last time: 30\nMachine · .*\nKnown 0/,
  )
  expect(html.indexOf('Fresh.')).toBeLessThan(html.indexOf('Already there last time: 30'))
  expect(text).toContain('Known 18.')
  expect(text).not.toContain('Known 19.')
  expect(text).toContain('These are 20 of 31 rows.')
})

test('if all rows are new, or none, there is one list', () => {
  const newRows = result.rows.map((each) => ({ ...each, isNew: true }))
  expect(emailOf({ ...result, rows: newRows, newRows, totalNewRows: 2 }, shown).text).not.toContain('New since')
  expect(emailOf(result, shown).text).not.toContain('New since')
})

test('a machine is shown under the names that people know, with a link into Manager', () => {
  const machine = { id: 'a/b', name: 'Volvo EC220', detail: 'EX-1187, S-1' }
  const { text, html } = emailOf({ ...result, rows: [row('a', '', { machine })] }, shown)
  expect(text).toContain('Volvo EC220 (EX-1187, S-1) · Silent for 9 days')
  expect(html).toContain('<a href="https://manager.example/assets/a%2Fb?a=1&amp;b=2">Volvo EC220</a>')
})

test('columns that add nothing are left out: the machine’s own, positions, empty ones', () => {
  const columns = ['name', 'reason', 'empty', 'place'].map((key) => ({
    ...{ key, title: `The ${key}`, kind: key === 'place' ? ('place' as const) : ('text' as const), filterable: false },
  }))
  const rows = [row('a', 'Loader', { cells: { name: 'Loader', reason: 'Silent', empty: null, place: '55,12' } })]
  expect(emailOf({ ...result, columns, rows }, shown).text).toContain('Machine · The reason\nLoader · Silent')
})

test('a chart is shown in numbers and as bars', () => {
  const bars = { kind: 'bars' as const, title: 'Reasons', unit: 'number' as const, note: null }
  const chart = {
    ...bars,
    bars: [
      { label: 'Silent', value: 12 },
      { label: 'Fuel low <', value: 6 },
    ],
  }
  const { text, html } = emailOf({ ...result, chart }, shown)
  expect(text).toContain('Reasons:\nSilent: 12\nFuel low <: 6')
  expect(html).toContain('width:240px"></div>')
  expect(html).toContain('width:120px"></div>')
  expect(html).toContain('Fuel low &lt;')

  const weeks = {
    ...{ kind: 'stacked' as const, title: 'Hours', unit: 'hours' as const, note: null, series: [] },
    columns: [
      { label: 'W46', values: { work: null, idle: null }, note: 'no data' },
      { label: 'W47', values: { work: 1_000, idle: 250 }, note: '20 %' },
    ],
  }
  expect(emailOf({ ...result, chart: weeks }, shown).text).toContain('Hours:\nW46: no data\nW47: 1,250 h, 20 %')
})

test('a name with line breaks stays on one line, and nothing empty is shown', () => {
  const { text } = emailOf(
    { ...result, detail: '', rows: [row('a', 'Loader', { cells: { reason: 'a\nb\r\nc', fuel: 1 } })] },
    shown,
  )
  expect(text).toContain('Loader · a b c · 1')
  expect(text).not.toContain('\n\n\n')
})
