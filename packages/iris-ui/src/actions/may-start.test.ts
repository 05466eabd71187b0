import { expect, test } from 'vitest'
import { en } from '../texts/called-standin.fixture.ts'
import { hindranceWords, leavesOutWords } from './hindrance-words.ts'
import { hindranceOf } from './may-start.ts'

const action = {
  id: 'clear',
  missingScopes: [] as string[],
  missingFromPlan: [] as string[],
  missingPlan: null as string | null,
  mayStart: true,
  mayOverlap: false,
}

test('an action starts while the access works, and also while it is new', () => {
  expect(hindranceOf(action, 'active')).toBeUndefined()
  expect(hindranceOf(action, 'pending')).toBeUndefined()
})

test.each(['parked', 'rejected', 'quarantined', 'awaiting-approval', 'superseded'] as const)(
  'nothing starts while the installation is %s',
  (state) => expect(hindranceOf(action, state)).toBe('access'),
)

test('a removal, a missing permission and a missing role prevent a start, the most lasting first', () => {
  const missing = ['account.event.manage']
  const all = { ...action, missingScopes: missing, missingFromPlan: missing, mayStart: false }
  expect(hindranceOf(all, 'uninstalled')).toBe('removed')
  for (const state of ['suspended', 'paused'] as const) expect(hindranceOf(all, state)).toBe('stopped') // It may go on.
  expect(hindranceOf(all, 'none')).toBe('not-installed') // Nobody removed what never was there.
  expect(hindranceOf(all, 'parked')).toBe('plan')
  expect(hindranceOf({ ...all, missingFromPlan: [] }, 'parked')).toBe('permission')
  expect(hindranceOf({ ...all, missingScopes: [], missingFromPlan: [] }, 'active')).toBe('role')
})

test('a missing permission is named in plain words', () => {
  expect(hindranceWords('permission', { ...action, missingScopes: ['account.event.manage'] }, en)).toBe(
    'Needs “See and dismiss events”, which was not allowed at installation, or is not in your Trackunit plan.',
  )
})

test('a permission that the plan lacks is named as such', () => {
  const missing = ['account.event.manage']
  expect(hindranceWords('plan', { ...action, missingScopes: missing, missingFromPlan: missing }, en)).toBe(
    'Needs “See and dismiss events”, which is not in your Trackunit plan.',
  )
})

test('an action that needs more than a scope says what the plan must have', () => {
  const needing = { ...action, missingPlan: 'the right of apps to dismiss events' }
  expect(hindranceOf(needing, 'active')).toBe('plan')
  expect(hindranceWords('plan', needing, en)).toBe(
    'Needs the right of apps to dismiss events, which is not in your Trackunit plan.',
  )
})

test('one run works and one waits; a third cannot start, unless runs of the action may overlap', () => {
  const open = (...actionIds: string[]) => actionIds.map((actionId) => ({ actionId }))
  expect(hindranceOf(action, 'active', open('clear', 'other', 'other'))).toBeUndefined()
  expect(hindranceOf(action, 'active', open('clear', 'clear'))).toBe('busy')
  expect(hindranceOf({ ...action, mayOverlap: true }, 'active', open('clear', 'clear'))).toBeUndefined()
  expect(hindranceWords('busy', action, en)).toBe(
    'It is running, and another run is waiting. Start it again when they are done.',
  )
})

test('what is left out for want of a permission says whether the plan lacks it', () => {
  const scopes = ['account.event.manage']
  expect(leavesOutWords(scopes, { missingFromPlan: [], texts: en })).toMatch(
    /not allowed at installation, or is not in/,
  )
  expect(leavesOutWords(scopes, { missingFromPlan: scopes, texts: en })).toBe(
    'Leaves out data that needs “See and dismiss events”, which is not in your Trackunit plan.',
  )
})
