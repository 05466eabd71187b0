import type { Action, Installation } from '@standin/client'
import { describe, expect, test } from 'vitest'
import { createFormats } from '../formats/create-formats.ts'
import { da, en } from '../texts/called-standin.fixture.ts'
import { installationSentence } from './installation-sentence.ts'
import { needInWords } from './need-in-words.ts'
import { needsYou } from './needs-you.ts'

const nowMs = Date.parse('2026-11-24T08:44:00Z')
const formats = createFormats({ language: 'en-GB', textLanguage: 'en-GB', timeZone: 'Europe/Copenhagen' })
const nothing = { actions: [] as Action[], sendsEmail: true, undelivered: [], results: [], schedules: [], going: [] }
const around = { account: 'Nordvang Entreprenør', needs: 0, nowMs, texts: en, formats }

const installation = (changes: Partial<Installation>): Installation => ({
  accountId: '5f3c1a52-2b1d-4a39-9d7e-0b1b6b7f2c11',
  state: 'active',
  since: '2026-11-24T06:58:00Z',
  reason: null,
  generation: 2,
  requestedScopes: ['asset.view'],
  grantedScopes: ['asset.view'],
  deniedScopes: [],
  missingFromPlan: [],
  waiting: [],
  uninstallSignalledAt: null,
  mayApprove: true,
  trackunit: { unavailableSince: null, limitedUntil: null },
  ...changes,
})
const headline = (changes: Partial<Installation>, needs = 0) =>
  installationSentence(installation(changes), { ...around, needs }).headline

describe('the sentence of the overview', () => {
  test.each<[string, Partial<Installation>, number, string]>([
    ['active', { state: 'active' }, 0, 'Standin is working. Nothing needs you.'],
    ['active with one thing open', { state: 'active' }, 1, 'Standin is working. One thing needs you.'],
    ['active with two things open', { state: 'active' }, 2, 'Standin is working. Two things need you.'],
    [
      'pending',
      { state: 'pending', since: '2026-11-24T08:43:30Z' },
      0,
      'Standin is getting ready. This usually takes less than a minute.',
    ],
    [
      'pending for three minutes',
      { state: 'pending', since: '2026-11-24T08:41:00Z' },
      0,
      'Trackunit has not switched on our access yet.',
    ],
    ['parked', { state: 'parked' }, 0, 'Trackunit has refused our access since 07:58 today.'],
    ['rejected', { state: 'rejected' }, 0, 'Trackunit refuses the access it gave us.'],
    [
      'quarantined',
      { state: 'quarantined' },
      0,
      'We locked away new access, because it belongs to a different account.',
    ],
    ['awaiting approval', { state: 'awaiting-approval' }, 0, 'New access needs a decision.'],
    ['superseded', { state: 'superseded' }, 0, 'Our access to this account is outdated.'],
    ['paused', { state: 'paused', since: '2026-11-24T06:58:00Z' }, 0, 'Standin has been paused since 07:58 today.'],
    [
      'uninstalled',
      { state: 'uninstalled', since: '2026-11-10T13:06:00Z' },
      0,
      'Standin was removed from this account on 10\u00a0November at 14:06.',
    ],
    ['none', { state: 'none', since: null }, 0, 'We have not heard from Trackunit about this account yet.'],
  ])('%s', (_name, changes, needs, expected) => {
    expect(headline(changes, needs)).toBe(expected)
  })

  test('has words for a state that only a newer server knows', () => {
    const state = 'hibernating' as Installation['state']
    expect(headline({ state }, 0)).toBe('Standin is not working right now.')
  })

  test('differs in shape for states that could be confused', () => {
    const states = ['active', 'pending', 'parked', 'rejected', 'quarantined', 'uninstalled'] as const
    const shapes = states.map((state) => installationSentence(installation({ state, since: null }), around).icon)
    expect(new Set(shapes).size).toBe(states.length)
  })

  test('says what to do wherever Standin does not work', () => {
    for (const state of ['parked', 'rejected', 'quarantined', 'awaiting-approval', 'uninstalled', 'none'] as const) {
      expect(installationSentence(installation({ state }), around).toDo, state).toBeTruthy()
    }
  })
})

describe('access that does not work yet', () => {
  const began = Date.parse('2026-11-24T08:41:00Z')
  const at = (seconds: number) => new Date(began + seconds * 1_000).toISOString()
  const tries = { count: 5, beganAt: at(0), lastAt: at(180), nextAt: at(210), endsAt: at(900) }
  const say = (afterS: number, changes: Partial<Installation> = {}, language: Partial<typeof around> = {}) =>
    installationSentence(installation({ state: 'pending', since: at(0), tries, ...changes }), {
      ...around,
      ...language,
      nowMs: began + afterS * 1_000,
    })
  const patienceOf = (seconds: number) => ({ tries: { ...tries, endsAt: at(seconds) } })

  test('shows the number of the next try while it is new', () => {
    expect(say(179)).toMatchObject({ headline: en.installation.pending, steps: { nextTry: 6 } })
  })

  test('is slow after a fifth of the maximum time, and names that maximum', () => {
    expect(say(180)).toMatchObject({
      headline: 'Trackunit has not switched on our access yet.',
      means: ['This can take up to 15 minutes after an installation.'],
      nextTry: { at: at(210), said: 'We have tried 5 times.' },
      foot: 'You can close this page. If it does not work by 09:56, this page will tell you what to do.',
    })
    expect(say(11, patienceOf(60)).headline).toBe(en.installation.pending)
    expect(say(12, patienceOf(60)).means[0]).toBe('This can take up to 1 minute after an installation.')
  })

  test('names a minute by which the outcome is certain', () => {
    expect(say(300, patienceOf(901)).foot).toContain('by 09:57,')
  })

  test('does not blame the installation while Trackunit’s sign-in is down', () => {
    for (const afterS of [5, 400])
      expect(say(afterS, { reason: 'TRACKUNIT_UNAVAILABLE' })).toMatchObject({
        headline: 'Trackunit is not answering, so we could not test our access yet.',
        nextTry: { at: at(210) },
      })
  })

  test('promises no time that has passed: while Trackunit’s sign-in is down it takes longer', () => {
    expect(say(901).foot).toBe('You can close this page. It will show when the access works.')
  })

  test('says how often and for how long it was tried before giving up', () => {
    const given = { ...tries, count: 34, lastAt: at(900), nextAt: null, endsAt: null }
    const rejected = { state: 'rejected', since: at(900), tries: given } as const
    expect(say(1_000, rejected).means[0]).toBe(
      'We tried 34 times in 15 minutes, last at 09:56 today. Standin cannot work on this account.',
    )
    const danish = createFormats({ language: 'da', textLanguage: 'da', timeZone: 'Europe/Copenhagen' })
    expect(say(1_000, rejected, { texts: da, formats: danish }).means[0]).toBe(
      'Vi prøvede 34 gange på 15 minutter, senest i dag kl. 09.56. Standin kan ikke arbejde på denne konto.',
    )
  })

  test('says when access that worked is tried again', () => {
    const parked = { state: 'parked', tries: { ...tries, endsAt: null } } as const
    expect(say(200, parked).nextTry).toEqual({ at: at(210), said: 'We last tried at 09:44:00.' })
    const asked = { ...parked, tries: { ...parked.tries, nextAt: null } }
    expect(say(200, asked).nextTry).toMatchObject({ at: null })
  })

  test('works without what a server does not report', () => {
    const { tries: _, ...older } = installation({ state: 'pending', since: at(0) })
    const sentence = installationSentence(older, { ...around, nowMs: began + 200_000 })
    expect(sentence.means).toEqual(['This can take up to 15 minutes after an installation.'])
    expect(sentence).not.toHaveProperty('nextTry')
  })
})

describe('what needs a person', () => {
  const inWords = (changes: Partial<Installation>, known = nothing) =>
    needsYou(installation(changes), known).map((need) =>
      needInWords(need, { ...around, ...known, mayApprove: installation(changes).mayApprove }),
    )
  const needs = (changes: Partial<Installation>) => inWords(changes).map(({ what }) => what)
  const waiting = (state: Installation['waiting'][number]['state']) => ({
    generation: 3,
    state,
    since: '2026-11-23T12:52:00Z',
    reason: null,
  })

  test('is nothing while only new access is being tried', () => {
    expect(needs({ waiting: [waiting('pending')] })).toEqual([])
  })

  test('is an unsigned removal first, then each open decision', () => {
    expect(
      needs({
        uninstallSignalledAt: '2026-11-24T07:20:00Z',
        waiting: [waiting('awaiting-approval'), waiting('quarantined')],
      }),
    ).toEqual([
      'Trackunit says Standin was removed, but our access still works.',
      'Someone installed Standin again. Was it one of you?',
      'We locked away new access, because it belongs to a different account.',
    ])
  })

  test('is what actions leave out because of a missing permission, once per permission', () => {
    const action = {
      title: 'Attention list',
      missingScopes: [],
      missingFromPlan: [],
      missingPlan: null,
      mayStart: true,
      mayOverlap: false,
    }
    const actions = [
      { ...action, missingOptionalScopes: ['account.event.manage'] },
      { ...action, title: 'Fleet snapshot', missingOptionalScopes: ['account.event.manage'] },
      { ...action, title: 'Clear stale events', missingOptionalScopes: [] },
    ] as unknown as Action[]
    expect(inWords({}, { ...nothing, actions })).toMatchObject([
      {
        what: '“Attention list” and “Fleet snapshot” leave something out.',
        means: expect.stringContaining('“See and dismiss events” was not allowed'),
      },
    ])
  })

  test('is in the main sentence instead when Standin does not work', () => {
    expect(needs({ state: 'parked', waiting: [waiting('awaiting-approval')] })).toEqual([])
  })
})
