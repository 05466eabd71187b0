import type { Action } from '@standin/client'
import { expect, test } from 'vitest'
import { aRun } from './a-run.fixture.ts'
import { againOf } from './again.ts'

const action = {
  id: 'clear',
  missingScopes: [] as string[],
  missingFromPlan: [] as string[],
  missingPlan: null,
  mayStart: true,
} as unknown as Action
const nowMs = Date.parse('2026-11-24T12:00:00Z')
const known = { action, installation: 'active', previewEndedAt: undefined, nowMs } as const

test('a result is run again, unless something hinders a start', () => {
  expect(againOf(aRun({ state: 'succeeded' }), known)).toEqual({ kind: 'again' })
  expect(againOf(aRun(), { ...known, installation: 'parked' })).toEqual({ kind: 'hindered', by: 'access' })
  expect(againOf(aRun(), { ...known, action: { ...action, missingPlan: 'GraphQL' } })).toEqual({
    kind: 'hindered',
    by: 'plan',
  })
  expect(againOf(aRun(), { ...known, action: undefined })).toBeUndefined()
})

test.for([
  { title: 'that were all made', state: 'succeeded', previewEndedAt: '2026-11-24T11:00:00Z', kind: 'new-preview' },
  { title: 'of a preview of today', state: 'failed', previewEndedAt: '2026-11-24T11:00:00Z', kind: 'again' },
  { title: 'of a preview of yesterday', state: 'failed', previewEndedAt: '2026-11-23T11:00:00Z', kind: 'new-preview' },
  { title: 'of a preview that is gone', state: 'cancelled', previewEndedAt: undefined, kind: 'new-preview' },
] as const)('changes $title: $kind', ({ state, previewEndedAt, kind }) => {
  expect(againOf(aRun({ state, previewRunId: 'p' }), { ...known, previewEndedAt })).toEqual({ kind })
})
