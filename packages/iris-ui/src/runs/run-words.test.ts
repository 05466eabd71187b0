import { describe, expect, test } from 'vitest'
import { createFormats } from '../formats/create-formats.ts'
import { en } from '../texts/called-standin.fixture.ts'
import { aRun } from './a-run.fixture.ts'
import { makersWords, reasonWords, resultWords, runningWords, startedByWords, waitingWords } from './run-words.ts'
import { titleOf } from './title-of.ts'

const formats = createFormats({ language: 'en-GB', textLanguage: 'en-GB', timeZone: 'Europe/Copenhagen' })
const words = { title: 'Fleet snapshot', userId: 'mette', texts: en, formats }
const halfway = { done: 1_840, total: 2_964, message: 'machines listed', secondsLeft: 118, share: null }
const file = {
  id: '00000000-0000-4000-8000-000000000101',
  name: 'fleet.csv',
  mediaType: 'text/csv',
  bytes: 1_284,
  keptUntil: '2026-12-24T08:44:00Z',
}

describe('a running run shows', () => {
  test.each([
    ['Fleet snapshot: 1,840 of 2,964 machines listed', aRun({ progress: halfway })],
    ['Fleet snapshot: starting', aRun()],
    ['Fleet snapshot: 1,840 of 2,964', aRun({ progress: { ...halfway, message: 'Reading hours and places.' } })],
    ['Fleet snapshot: 250 machines listed so far', aRun({ progress: { ...halfway, done: 250, total: null } })],
    ['Fleet snapshot: waiting to start', aRun({ state: 'queued' })],
    // Nothing is read yet, and nothing is: it waits.
    ['Fleet snapshot: waiting to start', aRun({ state: 'waiting', reason: 'CREDENTIALS_REJECTED' })],
    ['Fleet snapshot: stopping after the current machine', aRun({ state: 'cancelling', progress: halfway })],
    [
      'Fleet snapshot: 1,840 of 2,964 machines listed, waiting until 10:12',
      aRun({ state: 'waiting', waitingUntil: '2026-11-24T09:12:00Z', progress: halfway }),
    ],
    // What is shown without seconds is never too early.
    [
      'Fleet snapshot: 1,840 of 2,964 machines listed, waiting until 10:13',
      aRun({ state: 'waiting', waitingUntil: '2026-11-24T09:12:01Z', progress: halfway }),
    ],
    // The time of the next try is not the time it continues.
    [
      'Fleet snapshot: 1,840 of 2,964 machines listed',
      aRun({
        state: 'waiting',
        reason: 'CREDENTIALS_REJECTED',
        waitingUntil: '2026-11-24T09:12:00Z',
        progress: halfway,
      }),
    ],
  ])('“%s”', (sentence, run) => expect(runningWords(run, words)).toBe(sentence))
})

test('a waiting run says what for', () => {
  expect(waitingWords(aRun({ reason: 'TRACKUNIT_RATE_LIMITED' }), en)).toMatch(/^Waiting for Trackunit’s rate limit/)
  expect(waitingWords(aRun({ reason: 'TRACKUNIT_UNAVAILABLE' }), en)).toMatch(/^Trackunit is not answering/)
  expect(waitingWords(aRun({ reason: 'CREDENTIALS_PENDING' }), en)).toMatch(/^Our access does not work yet/)
  expect(waitingWords(aRun({ reason: 'CREDENTIALS_REJECTED' }), en)).toMatch(/^Trackunit refuses our access/)
})

describe('a result says', () => {
  test.each([
    ['2,964 machines listed', aRun({ state: 'succeeded', headline: '2,964 machines listed.' })],
    ['Fleet snapshot is done', aRun({ state: 'succeeded' })],
    [
      'Stopped at 1,840 of 2,964 machines listed; that part is saved',
      aRun({ state: 'failed', progress: halfway, artifacts: [file] }),
    ],
    ['Stopped at 1,840 of 2,964 machines listed', aRun({ state: 'failed', progress: halfway })],
    ['Fleet snapshot stopped before it found anything', aRun({ state: 'failed' })],
    ['Fleet snapshot was stopped at 1,840 of 2,964 machines listed', aRun({ state: 'cancelled', progress: halfway })],
    ['Fleet snapshot was stopped', aRun({ state: 'cancelled' })],
  ])('“%s”', (sentence, run) => expect(resultWords(run, words)).toBe(sentence))
})

test('a failed run names the cause, or says that it is unknown; no code is ever shown', () => {
  expect(reasonWords(aRun({ state: 'failed', reason: 'TRACKUNIT_UNAVAILABLE' }), words)).toBe(
    'Trackunit stopped answering.',
  )
  expect(reasonWords(aRun({ state: 'failed', reason: 'RUN_OVERLAPS' }), words)).toBe('Something unexpected went wrong.')
  expect(reasonWords(aRun({ state: 'succeeded' }), words)).toBeUndefined()
})

test('an action’s own words for a failure come before the reason, and while it waits', () => {
  const said = { reason: 'ACTION_FAILED', failure: 'Order 77 is closed' } as const
  expect(reasonWords(aRun({ state: 'failed', ...said }), words)).toBe('Order 77 is closed.')
  expect(waitingWords(aRun({ state: 'waiting', ...said }), en)).toBe('Order 77 is closed.')
  expect(reasonWords(aRun({ state: 'failed', ...said, failure: 'Is it closed?' }), words)).toBe('Is it closed?')
})

test.each([
  ['started by you', { kind: 'user', id: 'mette', name: 'Mette Kjær' }],
  ['started by Jonas Lund', { kind: 'user', id: 'jonas', name: 'Jonas Lund' }],
  ['started by someone on this account', { kind: 'user', id: 'jonas', name: null }],
  ['on schedule', { kind: 'schedule', id: 's', name: null }],
  ['started by another program', { kind: 'service', id: 'erp', name: null }],
] as const)('who started it is said as “%s”', (said, startedBy) => {
  expect(startedByWords(aRun({ startedBy }), words)).toBe(said)
})

test('an action that is no longer in the catalogue keeps a readable name', () => {
  expect(titleOf('clear-stale-events', [])).toBe('Clear stale events')
})

test('shows what a development server adds for makers apart from the reason', () => {
  const run = aRun({
    state: 'failed',
    reason: 'TRACKUNIT_REFUSED',
    failure: 'StandinError: TRACKUNIT_REFUSED, at a.ts:9',
  })
  expect(reasonWords(run, words)).toBe('Trackunit refused the request.')
  expect(makersWords(run)).toBe('StandinError: TRACKUNIT_REFUSED, at a.ts:9')
  expect(makersWords({ ...run, reason: 'ACTION_FAILED' })).toBeUndefined()
})

test('what follows the numbers follows them in every language, a noun with its capital too', () => {
  const listed = { text: 'machines listed', key: 'listed', values: {} }
  const german = { ...en, ofAction: () => 'Maschinen aufgelistet' }
  const run = aRun({ progress: { ...halfway, message: listed } })
  expect(runningWords(run, { ...words, texts: german })).toBe('Fleet snapshot: 1,840 of 2,964 Maschinen aufgelistet')
})
