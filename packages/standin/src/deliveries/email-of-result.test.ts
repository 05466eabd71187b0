import { expect, test } from 'vitest'
import { result, row } from '../../test/result-to-send.ts'
import { emailOf } from './email-of-result.ts'
import { emailWords } from './email-words.ts'

const shown = {
  appName: 'Fleet assistant',
  managerUrl: 'https://manager.example/?a=1&b=2',
  withdrawUrl: 'https://standin.example/receivers/withdraw/x?a=1&b=2',
}
const inApp = { ...shown, appUrl: 'https://manager.example/app' }
const figure = { value: 33, unit: 'number' as const, words: 'of 250 machines need attention' }

test('the subject is the sentence; both forms show the key facts, the reason for the email and how to stop it', () => {
  const { subject, text, html } = emailOf(result, shown)
  expect(subject).toBe('2 machines need you')
  for (const form of [text, html])
    for (const part of ['Fleet assistant', 'Service is left out', 'Loader', 'Silent for 9 days', 'See the result'])
      expect(form).toContain(part)
  expect(text).toContain('Stop these emails: https://standin.example/receivers/withdraw/x?a=1&b=2')
  expect(html).toContain('href="https://standin.example/receivers/withdraw/x?a=1&amp;b=2"')
  expect(html).toContain('2 March 2026 at 05:00, UTC')
})

test('the number that counts is large, and the words go on from it', () => {
  const { text, html } = emailOf({ ...result, figure }, shown)
  expect(text).toContain('33 of 250 machines need attention')
  expect(html).toMatch(/font-size:56px[^>]*>33<\/p>\n<h1[^>]*>of 250 machines need attention<\/h1>/)
  const percent = emailOf({ ...result, figure: { ...figure, value: 30.4, unit: 'percent' } }, shown)
  expect(percent.html).toContain('>30\u00a0%</p>')
})

test('begins with the account, in one line, or with the app where the name is not known', () => {
  const named = emailOf({ ...result, accountName: 'Nordvang & Søn\n A/S' }, shown)
  expect(named.text).toMatch(/^Nordvang & Søn A\/S\nMonday,? 2 March 2026/)
  expect(named.html).toContain('>Nordvang &amp; Søn A/S<br>Monday')
  expect(emailOf(result, shown).text).toMatch(/^Fleet assistant\nMonday/)
})

test('names stay text', () => {
  const { html } = emailOf(result, { ...shown, appName: '"><b>' })
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  expect(html).not.toContain('<script>')
  expect(html).not.toContain('"><b>')
})

test('names become no links, and read as they are', () => {
  const name = 'www.evil.example mette@evil.example http://evil.example/x EC220.1 A/S'
  const named = { ...result, accountName: name, rows: [row('a', name, { cells: { reason: name } })] }
  const { text, html } = emailOf(named, shown)
  for (const form of [text, html]) {
    expect(form).not.toMatch(/evil\.example|@evil|http:\/\/evil|www\.evil/)
    expect(form).toContain('EC220.1 A/S')
    expect(form.replaceAll('\u200B', '')).toContain(name)
  }
})

test('shows at most five machines, and one button to the rest', () => {
  const rows = Array.from({ length: 30 }, (_, nth) => row(String(nth), `Machine ${nth}.`))
  const { text, html } = emailOf({ ...result, rows, totalRows: 1_900 }, inApp)
  expect(text).toContain('Machine 4.')
  expect(text).not.toContain('Machine 5.')
  expect(text).toContain('See all 1,900 machines: https://manager.example/app#/runs/run')
  expect(html.match(/class="cta"/g)).toHaveLength(1)
})

test('a machine leads to its place in the result, or to its page in Manager where the app’s address is not known', () => {
  const machine = { id: 'a/b', name: 'Volvo EC220', detail: 'EX-1187, S-1' }
  const rows = [row('a', '', { machine }), row('b', 'Second')]
  expect(emailOf({ ...result, rows }, inApp).html).toContain(
    '<a href="https://manager.example/app#/runs/run?row=1" class="link" style="display:block;padding:10px 0;font-size:16px;line-height:24px;font-weight:600;color:#0b4fb3;text-decoration:underline">Volvo EC220, EX-1187, S-1</a>',
  )
  expect(emailOf({ ...result, rows }, inApp).html).toContain('#/runs/run?row=2"')
  expect(emailOf({ ...result, rows }, shown).html).toContain('href="https://manager.example/assets/a%2Fb?a=1&amp;b=2"')
})

test('a card shows each known value once, and leaves out unknown ones', () => {
  const columns = [
    { key: 'why', title: 'Why', kind: 'text' as const, filterable: false },
    { key: 'site', title: 'Site', kind: 'text' as const, filterable: true },
    { key: 'lastSeenAt', title: 'Last seen', kind: 'moment' as const, filterable: false },
    { key: 'fuel', title: 'Fuel', kind: 'percent' as const, filterable: false },
    { key: 'name', title: 'Name', kind: 'text' as const, filterable: false },
    { key: 'place', title: 'Position', kind: 'place' as const, filterable: false },
  ]
  const cells = {
    why: 'Silent\nfor 9 days',
    site: null,
    lastSeenAt: '2026-09-29T12:00:00.000Z',
    name: 'Loader',
    place: '55,12',
  }
  const rows = [row('a', 'Loader', { cells: { ...cells, fuel: 6 }, isNew: true })]
  const habits = { timeZone: 'Europe/Copenhagen', unitSystem: null }
  const { text } = emailOf({ ...result, columns, rows, habits }, shown)
  expect(text).toContain('Loader (New)\nSilent for 9 days\nLast seen: 29 Sept, 14:00\nFuel: 6\u00a0%\nhttps://manager')
  expect(text).not.toMatch(/–|\n\n\n/)
})

test('shows what has changed, by kind, if only a part is new', () => {
  const news = { totalRows: 33, totalNewRows: 3, newByKind: [{ label: 'Silent', rows: 2 }] }
  const { text } = emailOf({ ...result, ...news }, shown)
  expect(text).toContain('Since last time\n+ 3 are new: 2 Silent\n= 30 stay on the list')
  expect(emailOf({ ...result, ...news, totalNewRows: 33 }, shown).text).not.toContain('Since last time')
  expect(emailOf(result, shown).text).not.toContain('Since last time')
})

test('an incomplete check is never shown as complete', () => {
  const incomplete = 'Only fuel was checked on 42 machines.'
  const { text, html } = emailOf({ ...result, run: { ...result.run, incomplete } }, shown)
  expect(text).toContain(`Not everything was checked. ${incomplete}`)
  expect(html).toContain('class="text warn"')
})

test('says that a run failed, and why: in the action’s own text if it has one', () => {
  const failed = { ...result.run, state: 'failed' as const, reason: 'TRACKUNIT_UNAVAILABLE' as const }
  const sent = (change: object) =>
    emailOf({ ...result, figure, run: { ...failed, ...change } }, { ...shown, lacksFile: 'part' })
  expect(sent({}).subject).toBe('The run did not finish. Trackunit stopped answering')
  expect(sent({}).text).not.toContain('2 machines need you')
  expect(sent({}).text).not.toContain('33')
  expect(sent({}).text).toContain('The rows found before it stopped are in Trackunit Manager.')
  expect(sent({ reason: 'ACTION_FAILED', failure: 'The yard is closed.' }).subject).toBe(
    'The run did not finish. The yard is closed',
  )
  expect(sent({ failure: 'StandinError: TRACKUNIT_UNAVAILABLE, at ask.ts:9' }).text).not.toContain('StandinError')
})

test('a comparison is a list, the worst first, with its change', () => {
  const chart = {
    kind: 'compared' as const,
    title: 'Idle share',
    unit: 'percent' as const,
    isMoreWorse: true,
    periods: ['W46', 'W47'].map((label) => ({ label, isPartial: false })),
    partialNote: null,
    note: null,
    groupings: [
      {
        key: 'type',
        label: 'By type',
        title: 'Type',
        rows: [
          { label: 'Boom lift', detail: '112 of 243 hours', values: [43.2, 46.4] },
          { label: 'Roller', detail: null, values: [null, 11] },
          { label: 'Crane', detail: null, values: [3, null] },
        ],
      },
    ],
  }
  const { text, html } = emailOf({ ...result, chart, totalRows: 33, totalNewRows: 3 }, shown)
  expect(text).not.toContain('on the list')
  expect(text).toContain('Idle share\nBoom lift: 46\u00a0%, ↑ up 3 points, 112 of 243 hours\nRoller: 11\u00a0%\n\n')
  expect(text).not.toMatch(/Crane|Silent for 9 days/)
  expect(html).toContain('↑ up 3 points')
})

test('an email speaks the language of its reader, numbers and dates included', () => {
  const habits = { timeZone: 'Europe/Copenhagen', unitSystem: null, language: 'da-DK' }
  const rows = Array.from({ length: 6 }, (_, nth) => row(String(nth), `M${nth}`))
  const { text, html } = emailOf({ ...result, rows, totalRows: 1_900, totalNewRows: 1, habits }, inApp)
  expect(text).toContain('Siden sidst\n+ 1 er ny\n= 1.899 er stadig på listen')
  expect(text).toContain('Se alle 1.900 maskiner')
  expect(html).toContain('mandag den 2. marts 2026 kl. 06.00, Centraleuropæisk tid')
  expect(html).toContain('<html lang="da">')
  for (const tag of ['de', 'sv-FI', 'fr-CA']) expect(emailWords(tag).language).not.toBe('en-GB')
  // As the app and the actions do: a language that only one of them had would be mixed with another.
  for (const tag of [null, 'pl', '', 'nb-NO']) expect(emailWords(tag).language).toBe('en-GB')
})

test.each([
  ['da-DK', 'Kørslen blev ikke færdig. Trackunit holdt op med at svare'],
  ['de-DE', 'Der Lauf wurde nicht beendet. Trackunit hat nicht mehr geantwortet'],
  ['sv-SE', 'Körningen blev inte klar. Trackunit slutade svara'],
  ['fr-FR', 'L’exécution n’est pas allée à son terme. Trackunit ne répondait plus'],
])('why a run failed is said in the language of its reader: %s', (language, subject) => {
  const run = { ...result.run, state: 'failed' as const, reason: 'TRACKUNIT_UNAVAILABLE' as const }
  expect(emailOf({ ...result, run, habits: { ...result.habits, language } }, shown).subject).toBe(subject)
})
