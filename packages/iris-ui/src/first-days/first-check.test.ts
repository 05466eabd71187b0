import type { Action } from '@standin/client'
import { expect, test } from 'vitest'
import { beginning, firstCheckOf } from './first-check.ts'

const reads = [{ what: 'Your machines', detail: 'Name and site' }]
const action = (changes: Partial<Action>) =>
  ({
    missingScopes: [],
    missingFromPlan: [],
    missingPlan: null,
    mayStart: true,
    mayOverlap: false,
    reads: [],
    ...changes,
  }) as Action
const list = action({ id: 'list', reads })
const actions = [action({ id: 'other' }), action({ id: 'clear', reads, changesData: true }), list]
const ran = { actionId: 'list', state: 'succeeded' as const }
const known = { actions, results: [], isGoing: false, schedules: [], declined: [] }

test('people start with the first action that says what it reads and changes nothing', () => {
  expect(firstCheckOf(actions)).toBe(list)
  expect(firstCheckOf([action({ id: 'other' })])).toBeUndefined()
})

test.for([
  ['before anything ran', {}, 'start'],
  ['while it runs', { isGoing: true }, 'normal'],
  ['after it', { results: [ran] }, 'after'],
  ['after it stopped', { results: [{ ...ran, state: 'failed' as const }] }, 'normal'],
  ['once something else ran', { results: [ran, { ...ran, actionId: 'other' }] }, 'normal'],
  ['once there is a schedule', { results: [ran], schedules: [{ actionId: 'other' }] }, 'normal'],
  ['after No thanks', { results: [ran], declined: ['list'] }, 'normal'],
  ['after No thanks to another offer', { results: [ran], declined: ['other'] }, 'after'],
  ['for who may not start it', { actions: [{ ...list, mayStart: false }] }, 'normal'],
  ['without its permission', { actions: [{ ...list, missingScopes: ['asset.view'] }] }, 'normal'],
] as const)('the overview begins %s', ([, changes, expected]) => {
  expect(beginning({ ...known, ...changes } as Parameters<typeof beginning>[0])).toBe(expected)
})
