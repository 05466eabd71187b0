import { expect, test } from 'vitest'
import { aRun } from './a-run.fixture.ts'
import { unansweredRuns } from './unanswered-runs.ts'

const at = (done: number) => ({ done, total: 2_964, message: 'machines listed', secondsLeft: null, share: null })
const waiting = aRun({ state: 'waiting', reason: 'TRACKUNIT_UNAVAILABLE', progress: at(600) })
const known = unansweredRuns(new Map(), [waiting])

test('a run that waits because Trackunit is not answering shows that', () => {
  expect([...known]).toEqual([[waiting.id, 600]])
  expect(unansweredRuns(new Map(), [{ ...waiting, reason: 'TRACKUNIT_RATE_LIMITED' }]).size).toBe(0)
})

test('still during a retry, until it makes progress', () => {
  const trying = aRun({ state: 'running', progress: at(600) })
  expect(unansweredRuns(known, [trying])).toEqual(known)
  expect(unansweredRuns(known, [{ ...trying, progress: at(700) }]).size).toBe(0)
  expect(unansweredRuns(new Map(), [trying]).size).toBe(0)
})

test('no longer when it has ended or waits for something else', () => {
  expect(unansweredRuns(known, []).size).toBe(0)
  expect(unansweredRuns(known, [{ ...waiting, reason: 'TRACKUNIT_RATE_LIMITED' }]).size).toBe(0)
})
