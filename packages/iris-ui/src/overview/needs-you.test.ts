import type { Action, Delivery, Installation, Schedule, Undelivered } from '@standin/client'
import { expect, test } from 'vitest'
import { hindranceWords } from '../actions/hindrance-words.ts'
import { createFormats } from '../formats/create-formats.ts'
import { aRun } from '../runs/a-run.fixture.ts'
import { en } from '../texts/called-standin.fixture.ts'
import { type AroundNeeds, needInWords } from './need-in-words.ts'
import { type KnownOfNeeds, needsYou } from './needs-you.ts'

const installation = {
  state: 'active',
  waiting: [],
  uninstallSignalledAt: null,
  mayApprove: true,
  missingFromPlan: ['asset.event.view'],
} as unknown as Installation
const anAction = (changes: Partial<Action> = {}): Action => ({
  id: 'list',
  title: 'Attention list',
  description: '',
  changesData: false,
  scopes: [],
  missingScopes: [],
  missingFromPlan: [],
  missingOptionalScopes: [],
  missingPlan: null,
  mayStart: true,
  mayOverlap: false,
  usualSeconds: null,
  secondsPerChange: null,
  reads: [],
  inputSchema: {},
  messages: {},
  ...changes,
})
const aSchedule = (reason: Schedule['reason']) => ({ id: 's', actionId: 'list', state: 'paused', reason }) as Schedule
const anUndelivered = (delivery: Partial<Delivery>, of: Partial<Undelivered> = {}): Undelivered => ({
  runId: 'r',
  actionId: 'list',
  scheduleId: null,
  mayReceive: true,
  ...of,
  delivery: {
    id: 'r/0',
    kind: 'email',
    to: 'anna@example.com',
    state: 'failed',
    reason: 'DELIVERY_FAILED',
    attempts: 6,
    nextTryAt: null,
    endedAt: null,
    ...delivery,
  },
})

const formats = createFormats({ language: 'en-GB', textLanguage: 'en-GB', timeZone: 'UTC', measurement: 'metric' })
/** As the panel says it. */
function needs(known: Partial<KnownOfNeeds & AroundNeeds>) {
  const nothing = { actions: [anAction()], undelivered: [], results: [], schedules: [] }
  const reader = { mayApprove: installation.mayApprove, sendsEmail: true, going: [], nowMs: 0, texts: en, formats }
  const all = { ...nothing, ...reader, ...known }
  return needsYou(installation, all).map((need) => ({ id: need.id, ...needInWords(need, all) }))
}
const wayOf = (known: Parameters<typeof needs>[0]) => {
  const { kind, to, words } = { to: undefined, words: undefined, ...needs(known)[0]?.way } as Record<string, unknown>
  return { kind, to, words }
}

test('a schedule that Standin stopped is resumed where that works, with its reason', () => {
  expect(needs({ schedules: [aSchedule('SCOPE_FORBIDDEN')] })).toMatchObject([
    { what: 'The schedule “Attention list” is paused.', way: { kind: 'resume', scheduleId: 's' } },
  ])
})

test('a schedule whose author is away is announced before it ends; it is taken over on its page', () => {
  const ending = { ...aSchedule('AUTHOR_AWAY'), state: 'active', endsAt: '1970-01-15T12:00:00Z' } as Schedule
  const createdBy = { kind: 'user', id: 'anna', name: 'Anna' } as const
  expect(needs({ schedules: [{ ...ending, createdBy }] })).toMatchObject([
    {
      what: 'The schedule “Attention list” ends soon.',
      means: expect.stringMatching(/^This schedule ends on .*15\sJanuary.* Anna has not used this app for long/),
      way: { kind: 'page', to: '/schedules/s', words: 'Open the schedule' },
    },
  ])
  expect(needs({ schedules: [{ ...ending, createdBy, reason: null }] })).toEqual([])
})

test.for<{ title: string; reason: Schedule['reason']; actions: Action[]; way: object }>([
  {
    title: 'whose action needs other choices',
    reason: 'INPUT_INVALID',
    actions: [anAction()],
    way: { kind: 'page', to: '/schedules/s?change=1', words: 'Change the schedule' },
  },
  {
    title: 'whose permission is missing',
    reason: 'SCOPE_NOT_GRANTED',
    actions: [anAction({ missingScopes: ['asset.view'] })],
    way: { kind: 'host', words: 'See how to allow it' },
  },
  {
    title: 'whose permission is back',
    reason: 'SCOPE_NOT_GRANTED',
    actions: [anAction()],
    way: { kind: 'resume' },
  },
  {
    title: 'of somebody else, for a reader',
    reason: 'SCOPE_FORBIDDEN',
    actions: [anAction({ mayStart: false })],
    way: { kind: 'page', to: '/schedules/s', words: 'Open the schedule' },
  },
  {
    title: 'whose action is gone',
    reason: 'ACTION_NOT_FOUND',
    actions: [],
    way: { kind: 'page', to: '/schedules/s', words: 'Open the schedule' },
  },
])('a schedule $title is not offered a press that the server refuses', ({ reason, actions, way }) => {
  expect(wayOf({ schedules: [aSchedule(reason)], actions })).toMatchObject(way)
})

test('a receiver that did not answer is resent to, with how often it was tried', () => {
  expect(needs({ undelivered: [anUndelivered({ attempts: 1 })] })).toMatchObject([
    {
      what: 'The result of “Attention list” did not reach anna@example.com.',
      means: 'The receiver did not answer. Standin tried once. The result is still here.',
      way: { kind: 'resend', runId: 'r', deliveryId: 'r/0' },
    },
  ])
})

test('an address that refused is corrected where it is set: at the schedule, or in a new start', () => {
  const reason = 'DELIVERY_REFUSED'
  expect(wayOf({ undelivered: [anUndelivered({ reason }, { scheduleId: 's' })] })).toMatchObject({
    kind: 'page',
    to: '/schedules/s?change=1',
    words: 'Correct the address',
  })
  expect(wayOf({ undelivered: [anUndelivered({ reason })] })).toMatchObject({ to: '/actions/list?like=r' })
  const [forReader] = needs({ undelivered: [anUndelivered({ reason })], actions: [anAction({ mayStart: false })] })
  expect(forReader?.way).toBeUndefined()
})

test('a receiver to whom results may not be sent leads to who may receive them', () => {
  expect(
    wayOf({ undelivered: [anUndelivered({ reason: 'DESTINATION_UNCONFIRMED' }, { mayReceive: false })] }),
  ).toMatchObject({
    kind: 'page',
    to: '/schedules/receivers',
  })
})

test('an email is not resent by a server that sends none', () => {
  const [need] = needs({ undelivered: [anUndelivered({})], sendsEmail: false })
  expect(need?.means).toMatch(/^This server cannot send email\./)
  expect(need?.way).toMatchObject({ kind: 'page', to: '/runs/r' })
})

test('a last result that could not check everything needs a person: with what is missing, to be tried again', () => {
  const run = aRun({ actionId: 'list', state: 'succeeded', incomplete: 'Data health is left out.' })
  expect(needs({ results: [run] })).toMatchObject([
    {
      tone: 'warn',
      what: '“Attention list” could not check everything.',
      means: 'Data health is left out.',
      way: { kind: 'again', runId: run.id },
    },
  ])
  // Nothing that the server would refuse.
  expect(needs({ results: [run], going: [run, run] })[0]).not.toHaveProperty('way')
  expect(needs({ results: [{ ...run, incomplete: null }] })).toEqual([])
  // The permission that is missing has a row of its own.
  const actions = [anAction({ missingOptionalScopes: ['asset.view'] })]
  expect(needs({ results: [run], actions }).map(({ id }) => id)).toEqual(['left-out'])
})

test('what is left out says where only the plan is in the way: then no permission is offered', () => {
  const actions = [
    anAction({ missingOptionalScopes: ['asset.view'] }),
    anAction({ title: 'Snapshot', missingOptionalScopes: ['asset.event.view'] }),
  ]
  const [permission, plan] = needs({ actions })
  expect(permission).toMatchObject({ what: '“Attention list” leaves something out.', way: { kind: 'host' } })
  expect(permission?.means).toMatch(/was not allowed at installation, or is not in your Trackunit plan\. The rest is/)
  expect(plan?.means).toMatch(/^“.*” is not in your Trackunit plan\. The rest is complete\. Your contact at Trackunit/)
  expect(plan).not.toHaveProperty('way')
  const both = [anAction({ missingScopes: ['asset.view', 'account.view'] })]
  expect(needs({ actions: both })[0]?.means).toMatch(/ and “.*” were not allowed at installation, or are not in/)
})

test('what was given up for want of the app or by a restore is not blamed on its receiver', () => {
  const [need] = needs({ undelivered: [anUndelivered({ reason: 'RESTORED', attempts: 0 })] })
  expect(need?.means).toMatch(/^Our server went back to an earlier state.* The result is still here\.$/)
  expect(need?.way).toMatchObject({ kind: 'resend' })
})

test('a missing plan says on the overview what it says at the action, and can be tried again', () => {
  const action = anAction({ missingPlan: 'the right of apps to dismiss events' })
  expect(needs({ actions: [action] })).toMatchObject([
    {
      what: '“Attention list” cannot run.',
      means: `${hindranceWords('plan', action, en)} Your contact at Trackunit can say which plan has it.`,
      way: { kind: 'plan' },
    },
  ])
})

test('what was withheld is sent again as soon as it may be', () => {
  const withheld = { reason: 'DESTINATION_UNCONFIRMED', attempts: 0 } as const
  expect(needs({ undelivered: [anUndelivered(withheld, { mayReceive: false })] })[0]?.way).toMatchObject({
    kind: 'page',
    to: '/schedules/receivers',
  })
  expect(needs({ undelivered: [anUndelivered(withheld)] })[0]).toMatchObject({
    means: 'Results may be sent there again. This one is still here.',
    way: { kind: 'resend', deliveryId: 'r/0' },
  })
})
