import type { ListedAuditEntry } from '@standin/client'
import { describe, expect, test } from 'vitest'
import { createFormats } from '../formats/create-formats.ts'
import { da, en } from '../texts/called-standin.fixture.ts'
import { csvOf } from './activity-csv.ts'
import { alike, beginOfRange, byDay } from './activity-range.ts'
import { nextPage, totalWords } from './activity-total.ts'
import { actorWords, eventWords } from './activity-words.ts'

const entry = (event: string, details: Record<string, unknown> = {}, actor: Partial<ListedAuditEntry['actor']> = {}) =>
  ({
    id: '1',
    at: '2026-11-24T07:42:00Z',
    actor: { kind: 'user', id: 'mette', name: null, ...actor },
    event,
    kind: 'read',
    generation: null,
    details,
  }) satisfies ListedAuditEntry
const around = { actions: [], userId: 'mette', texts: en }

describe('what was done', () => {
  test.each([
    [entry('run.started', { actionId: 'attention-list' }), 'Started “Attention list”.'],
    [
      entry('run.started', { actionId: 'clear-stale-events', mode: 'preview' }),
      'Started “Clear stale events” as a preview, which changes nothing.',
    ],
    [
      entry('delivery.failed', { actionId: 'attention-list', to: 'a@b.example' }),
      'Could not send the result of “Attention list” to a@b.example.',
    ],
    [
      entry('token.issued', { scopes: ['asset.view', 'account.event.manage'] }),
      'Got access to see machines and their data, to see and dismiss events.',
    ],
    [entry('credentials.declined'), 'Refused the new access to this account. Standin kept its access.'],
    [
      entry('run.changed', { actionId: 'clear-stale-events', made: 49, refused: 2, unknown: 1 }),
      '“Clear stale events” made 49 changes in Trackunit. Trackunit refused 2. The outcome of 1 is unknown.',
    ],
    [entry('machine.was-painted'), 'Machine was painted.'],
  ])('is a sentence, never a code', (said, sentence) => expect(eventWords(said, around)).toBe(sentence))

  test('has the name of who did it', () => {
    expect(actorWords(entry('x'), around)).toBe('You')
    expect(actorWords(entry('x', {}, { id: 'jonas' }), around)).toBe('Someone on this account')
    expect(actorWords(entry('x', {}, { kind: 'schedule', name: 'Mette Kjær' }), around)).toBe('Schedule of Mette Kjær')
    expect(actorWords(entry('x', {}, { kind: 'operator' }), { ...around, texts: da })).toBe('Den, der driver Standin')
  })
})

describe('the number of shown entries', () => {
  const formats = createFormats({ language: 'en-GB', textLanguage: 'en-GB', timeZone: 'UTC' })
  const total = (entries: number, isExact = true) => ({ entries, isExact })

  test.each([
    [{ loaded: 50, total: total(1_206), range: 'month' }, '50 of 1,206 in the last 30 days'],
    [{ loaded: 50, total: total(50_000, false), range: 'ever' }, '50 of 50,000+ in total'],
    [{ loaded: 50, total: total(3, false), range: 'week' }, '50 entries'],
    [{ loaded: 51, total: total(50), range: 'today' }, '51 entries'],
    [{ loaded: 50, total: undefined, range: 'today' }, '50 entries'],
    [{ loaded: 150, found: 3, total: total(1_206), range: 'month' }, '3 found among the newest 150 of 1,206'],
    [{ loaded: 12, found: 3, total: total(12), range: 'today' }, '3 of 12 today'],
  ] as const)('%o', (counted, said) => expect(totalWords({ found: undefined, ...counted }, en, formats)).toBe(said))

  test('and how much comes next', () => {
    expect(nextPage(50, total(1_206), 50)).toBe(50)
    expect(nextPage(1_200, total(1_206), 50)).toBe(6)
    expect(nextPage(1_250, total(1_206), 50)).toBe(50)
    expect(nextPage(50_000, total(50_000, false), 50)).toBe(50)
  })
})

test('a range begins with the reader’s own day', () => {
  const nowMs = Date.parse('2026-11-24T08:44:00Z')
  const begin = (timeZone: string) =>
    beginOfRange('today', nowMs, createFormats({ language: 'en-GB', textLanguage: 'en-GB', timeZone }).dayKey)
  expect(begin('Europe/Copenhagen')).toBe('2026-11-23T23:00:00.000Z')
  expect(begin('America/Chicago')).toBe('2026-11-24T06:00:00.000Z')
  expect(beginOfRange('ever', nowMs, () => '')).toBeUndefined()
})

test('entries are grouped by day, in order', () => {
  const dayKey = (at: string) => at.slice(0, 10)
  const entries = [{ at: '2026-11-24T08' }, { at: '2026-11-24T07' }, { at: '2026-11-23T20' }]
  expect(byDay(entries, dayKey).map(({ day, entries: of }) => `${day}: ${of.length}`)).toEqual([
    '2026-11-24: 2',
    '2026-11-23: 1',
  ])
})

test('repeated entries are merged into one, with the others attached', () => {
  const said = (entry: string) => entry.charAt(0)
  expect(alike(['a1', 'a2', 'b1', 'a3'], said)).toEqual([
    { entry: 'a1', others: ['a2'] },
    { entry: 'b1', others: [] },
    { entry: 'a3', others: [] },
  ])
})

test('a spreadsheet reads the export as text, whatever a name contains', () => {
  expect(csvOf([['a,b', 'say "hi"', '=1+1', '@x', 'plain']])).toBe('\uFEFF"a,b","say ""hi""",\'=1+1,\'@x,plain\r\n')
})
