import type { Action } from '@standin/client'
import { expect, test } from 'vitest'
import { aRun } from './a-run.fixture.ts'
import { againOf } from './again.ts'

const inputSchema = { type: 'object', properties: { days: { type: 'number', maximum: 30 } }, required: ['site'] }
const action = { id: 'clear', inputSchema } as unknown as Action
const input = { site: 'yard', days: 7 }
const nowMs = Date.parse('2026-11-24T12:00:00Z')
const known = { action, hindrance: undefined, previewEndedAt: undefined, applied: [], nowMs } as const

test('a result is run again, unless something hinders a start', () => {
  const run = aRun({ state: 'succeeded', input })
  expect(againOf(run, known)).toEqual({ kind: 'again' })
  expect(againOf(run, { ...known, hindrance: 'busy' })).toEqual({ kind: 'hindered', by: 'busy' })
  expect(againOf(run, { ...known, action: undefined })).toBeUndefined()
})

test('a run whose input the action no longer accepts offers the form', () => {
  expect(againOf(aRun({ state: 'failed', input: { ...input, days: 90 } }), known)).toEqual({ kind: 'set-up' })
  expect(againOf(aRun({ state: 'failed', input: {} }), known)).toEqual({ kind: 'set-up' })
})

const today = '2026-11-24T11:00:00Z'
test.for([
  { title: 'that were all made', state: 'succeeded', previewEndedAt: today, kind: 'new-preview' },
  { title: 'of a preview of today', state: 'failed', previewEndedAt: today, kind: 'again' },
  {
    title: 'that another run of them makes',
    state: 'failed',
    other: 'running',
    previewEndedAt: today,
    kind: 'new-preview',
  },
  {
    title: 'that another run of them made',
    state: 'failed',
    other: 'succeeded',
    previewEndedAt: today,
    kind: 'new-preview',
  },
  {
    title: 'that another run did not make either',
    state: 'failed',
    other: 'failed',
    previewEndedAt: today,
    kind: 'again',
  },
  { title: 'of a preview of yesterday', state: 'failed', previewEndedAt: '2026-11-23T11:00:00Z', kind: 'new-preview' },
  { title: 'of a preview that is gone', state: 'cancelled', previewEndedAt: undefined, kind: 'new-preview' },
] as const)('changes $title: $kind', ({ state, previewEndedAt, kind, ...more }) => {
  const run = aRun({ state, input, previewRunId: 'p' })
  const applied = 'other' in more ? [{ id: 'other', state: more.other }, run] : [run]
  expect(againOf(run, { ...known, applied, previewEndedAt })).toEqual({ kind })
})
