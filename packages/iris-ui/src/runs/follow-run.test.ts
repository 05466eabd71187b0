import type { RunEvent } from '@standin/client'
import { expect, test } from 'vitest'
import { aRun } from './a-run.fixture.ts'
import { followRun, newerRun } from './follow-run.ts'
import { sortRuns } from './sort-runs.ts'

const at = '2026-11-24T08:44:00Z'
const file = {
  id: '00000000-0000-4000-8000-000000000101',
  name: 'fleet.csv',
  mediaType: 'text/csv',
  bytes: 1_284,
  keptUntil: '2026-12-24T08:44:00Z',
}
const progress = { done: 1_840, total: 2_964, message: 'Reading hours', secondsLeft: 118, share: null }
const succeeded: RunEvent = {
  seq: 4,
  at,
  type: 'state',
  state: 'succeeded',
  waitingUntil: null,
  waitingFor: null,
  reason: null,
  headline: '2,964 machines listed.',
}

test('a run follows its events to the end', () => {
  const events: RunEvent[] = [
    { seq: 1, at, type: 'state', state: 'running', waitingUntil: null, waitingFor: null, reason: null, headline: null },
    { seq: 2, at, type: 'progress', progress, steps: [] },
    { seq: 3, at, type: 'artifact', artifact: file },
    succeeded,
  ]
  expect(events.reduce(followRun, aRun({ state: 'queued', startedAt: null }))).toMatchObject({
    state: 'succeeded',
    startedAt: at,
    endedAt: at,
    progress,
    artifacts: [file],
    headline: '2,964 machines listed.',
  })
})

test('a replayed event does not restart a run or duplicate a file', () => {
  const ended = aRun({ state: 'cancelled', endedAt: at })
  expect(
    followRun(ended, {
      seq: 1,
      at,
      type: 'state',
      state: 'running',
      waitingUntil: null,
      waitingFor: null,
      reason: null,
      headline: null,
    }),
  ).toBe(ended)

  const withFile = aRun({ artifacts: [file] })
  expect(followRun(withFile, { seq: 3, at, type: 'artifact', artifact: file }).artifacts).toEqual([file])
})

test('old events and older answers change nothing', () => {
  const behind: RunEvent = { seq: 7, at, type: 'progress', progress: { ...progress, done: 200 }, steps: [] }
  const known = aRun({ progress, lastSeq: 9 })
  expect(followRun(known, behind)).toBe(known)
  expect(followRun(known, { ...behind, seq: 10 })).toMatchObject({ progress: { done: 200 }, lastSeq: 10 })

  expect(newerRun(known, aRun({ lastSeq: 8 }))).toBe(known)
  expect(newerRun(known, aRun({ lastSeq: 9 })).progress.done).toBe(0)
  expect(newerRun(undefined, known)).toBe(known)
})

test('a run that waits is shown with its time and its reason', () => {
  const waitingUntil = '2026-11-24T09:12:00Z'
  const waitingFor = { requests: 1, everySeconds: 900 }
  const event: RunEvent = {
    seq: 2,
    at,
    type: 'state',
    state: 'waiting',
    waitingUntil,
    waitingFor,
    reason: 'TRACKUNIT_RATE_LIMITED',
    headline: null,
  }
  expect(followRun(aRun({ state: 'running' }), event)).toMatchObject({
    state: 'waiting',
    waitingUntil,
    waitingFor,
    reason: 'TRACKUNIT_RATE_LIMITED',
  })
})

test('a run that is no longer waiting is shown without its time', () => {
  const waiting = aRun({ state: 'waiting', waitingUntil: '2026-11-24T09:12:00Z' })
  const event: RunEvent = {
    seq: 5,
    at,
    type: 'state',
    state: 'running',
    waitingUntil: null,
    waitingFor: null,
    reason: null,
    headline: null,
  }
  expect(followRun(waiting, event).waitingUntil).toBeNull()
})

test('a run that has just ended is shown once, before and after the lists are loaded again', () => {
  const ended = followRun(aRun(), succeeded)
  const older = aRun({ id: '00000000-0000-4000-8000-000000000002', state: 'failed', endedAt: '2026-11-23T08:00:00Z' })

  expect(sortRuns([ended], [older])).toEqual({ going: [], results: [ended, older] })
  expect(sortRuns([ended], [ended, older])).toEqual({ going: [], results: [ended, older] })
  expect(sortRuns([aRun()], [ended, older])).toEqual({ going: [], results: [ended, older] })
})
