import type { ListedAuditEntry } from '@standin/client'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createFormats } from '../formats/create-formats.ts'
import { da, en } from '../texts/called-standin.fixture.ts'
import { de } from '../texts/de.ts'
import { fr } from '../texts/fr.ts'
import { csvOf } from './activity-csv.ts'
import { beginOfRange, byDay } from './activity-range.ts'
import { nextPage, totalWords } from './activity-total.ts'
import { actorWords, eventWords } from './activity-words.ts'
import { actorOf, effectOf, groupsOf } from './groups-of-entries.ts'

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

  test('names an action in the quotation marks of the reader’s language', () => {
    const saidIn = (texts: typeof en) => eventWords(entry('run.started', { actionId: 'x' }), { ...around, texts })
    expect(saidIn(de({ name: 'Standin' }))).toBe('Hat „X“ gestartet.')
    expect(saidIn(fr({ name: 'Standin' }))).toBe('A lancé «\u00a0X\u00a0».')
  })

  test('has the name of who did it', () => {
    expect(actorWords(entry('x'), around)).toBe('You')
    expect(actorWords(entry('x', {}, { id: 'jonas' }), around)).toBe('Someone on this account')
    expect(actorWords(entry('x', {}, { kind: 'schedule', name: 'Mette Kjær' }), around)).toBe('Schedule of Mette Kjær')
    expect(actorWords(entry('x', {}, { kind: 'operator' }), { ...around, texts: da })).toBe('De, der driver Standin')
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

describe('lines of the list', () => {
  const done = (id: string, event: string, runId?: string, kind: ListedAuditEntry['kind'] = 'read') => ({
    ...entry(event, runId === undefined ? {} : { runId }),
    id,
    kind,
  })
  const groupsIn = (entries: ListedAuditEntry[]) => groupsOf(entries, ({ event }) => event)
  const ids = (entries: ListedAuditEntry[]) => groupsIn(entries).map((group) => group.entries.map(({ id }) => id))

  test('the entries of a run are one line, in the place of the newest, whatever lies between', () => {
    const entries = [
      done('5', 'run.succeeded', 'a'),
      done('4', 'filter.saved'),
      done('3', 'run.succeeded', 'b'),
      done('2', 'run.started', 'a'),
      done('1', 'run.started', 'b'),
    ]
    expect(ids(entries)).toEqual([['5', '2'], ['4'], ['3', '1']])
  })

  test('entries that repeat the one above are merged, those of different runs are not', () => {
    const entries = [
      done('5', 'token.issued'),
      done('4', 'token.issued'),
      done('3', 'filter.saved'),
      done('2', 'token.issued'),
      done('1', 'run.started', 'a'),
      done('0', 'run.started', 'b'),
    ]
    expect(ids(entries)).toEqual([['5', '4'], ['3'], ['2'], ['1'], ['0']])
  })

  test('loses no entry and repeats none', () => {
    const anEntry = fc.tuple(fc.constantFrom('x', 'y'), fc.constantFrom(undefined, 'a', 'b'))
    fc.assert(
      fc.property(fc.array(anEntry), (given) => {
        const entries = given.map(([event, run], nth) => done(String(nth), event, run))
        expect(ids(entries).flat().sort()).toEqual(entries.map(({ id }) => id).sort())
      }),
    )
  })

  test('the access that a run got belongs to it', () => {
    const access = { ...done('2', 'token.issued'), actor: { kind: 'system', id: 'run a', name: null } as const }
    expect(ids([done('3', 'run.succeeded', 'a'), access, done('1', 'run.started', 'a')])).toEqual([['3', '2', '1']])
  })

  test('a run is shown under its starter, with its most serious effect', () => {
    const started = { ...done('1', 'run.started', 'a'), actor: { kind: 'user', id: 'mette', name: 'Mette' } as const }
    const [group] = groupsIn([
      done('3', 'delivery.sent', 'a', 'sent'),
      done('2', 'run.changed', 'a', 'changed'),
      started,
    ])
    expect(group && [actorOf(group).actor.name, effectOf(group)]).toEqual(['Mette', 'changed'])
  })
})

test('a spreadsheet reads the export as text, whatever a name contains', () => {
  const rows = [['a,b', 'c;d', 'say "hi"', '=1+1', '@x', 'plain']]
  expect(csvOf(rows, ',')).toBe('\uFEFF"a,b",c;d,"say ""hi""",\'=1+1,\'@x,plain\r\n')
  expect(csvOf(rows, ';')).toBe('\uFEFFa,b;"c;d";"say ""hi""";\'=1+1;\'@x;plain\r\n')
})
