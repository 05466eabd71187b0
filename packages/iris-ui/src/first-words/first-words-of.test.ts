import { expect, test } from 'vitest'
import { aRun } from '../runs/a-run.fixture.ts'
import { da, en } from '../texts/called-standin.fixture.ts'
import { firstWordsOf } from './first-words-of.ts'

const nowMs = Date.parse('2026-11-24T08:44:00Z')
const action = {
  id: 'list',
  title: 'Attention list',
  changesData: false,
  mayStart: true,
  usualSeconds: 40,
  messages: {},
  missingScopes: [],
  missingFromPlan: [],
  missingOptionalScopes: [],
  missingPlan: null,
  reads: [{ what: 'Machines', detail: 'All of them' }],
}
const answers = {
  'installation.get': { state: 'active', since: '2026-11-20T06:58:00Z', waiting: [], missingFromPlan: [] },
  'action.list': { actions: [action], sendsEmail: true },
  'schedule.list': { schedules: [], declined: ['list'] },
  'run.list': { runs: [] as unknown[] },
  'run.latest': { runs: [aRun({ actionId: 'list', state: 'succeeded' })] as unknown[] },
  'delivery.undelivered': { deliveries: [] as unknown[] },
}
function words(changes: { [Path in keyof typeof answers]?: unknown } = {}, texts = en) {
  const all: Record<string, unknown> = { ...answers, ...changes }
  const user = { language: texts.language, timeZone: 'UTC', measurement: 'metric' } as const
  return firstWordsOf({ arrived: (path) => all[path] }, { account: 'Nordvang', user, texts, nowMs })
}

test('the first words say what the page says', () => {
  expect(words()).toEqual({
    begins: 'normal',
    headline: 'Standin is working. Nothing needs you.',
    lead: 'It works for Nordvang, even when nobody is signed in. Working since Friday.',
    button: 'Start an action',
  })
  expect(words({}, da)?.headline).toBe('Standin virker. Du skal ikke gøre noget.')
  const incomplete = aRun({ actionId: 'list', state: 'succeeded', incomplete: 'Data health is left out.' })
  expect(words({ 'run.latest': { runs: [incomplete] } })?.headline).toBe('Standin is working. One thing needs you.')
})

test('before anything has run, they say what this is', () => {
  expect(words({ 'run.latest': { runs: [] } })).toEqual({
    begins: 'start',
    headline: 'Checks your machines while you are away and tells you what needs attention.',
    lead: 'The first check takes less than a minute. You can close this page.',
  })
})

test.each(Object.keys(answers) as Array<keyof typeof answers>)('without the answer of %s, nothing is said', (path) => {
  expect(words({ [path]: undefined })).toBeUndefined()
})

test('shows nothing if the page has another sentence', () => {
  for (const state of ['pending', 'parked', 'suspended', 'paused', 'uninstalled', 'none'])
    expect(words({ 'installation.get': { ...answers['installation.get'], state } })).toBeUndefined()
  // After the first check: what it found.
  expect(words({ 'schedule.list': { schedules: [], declined: [] } })).toBeUndefined()
})
