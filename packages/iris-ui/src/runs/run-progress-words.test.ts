import type { Run } from '@standin/client'
import { expect, test } from 'vitest'
import { createFormats } from '../formats/create-formats.ts'
import { en } from '../texts/called-standin.fixture.ts'
import { aRun } from './a-run.fixture.ts'
import { readyWords, stepWaitWords, stepWords } from './run-progress-words.ts'
import { shareOf } from './share-of.ts'

const formats = createFormats({ language: 'en-GB', textLanguage: 'en-GB', timeZone: 'Europe/Copenhagen' })
const words = { texts: en, formats }
const step = (name: string, state: Run['steps'][number]['state'], counted: [number, number] | null = null) => ({
  name,
  state,
  tookMs: null,
  waited: null,
  counted: counted && { done: counted[0], total: counted[1] },
})
const progress = { done: 8, total: 14, message: 'pages read', secondsLeft: 120, share: 0.68 }
const steps = [
  step('List machines', 'done', [250, 250]),
  step('Read services', 'running', [8, 14]),
  step('Rank', 'waiting'),
]
const going = aRun({ steps, progress })
const waits = aRun({
  steps,
  progress,
  state: 'waiting',
  reason: 'TRACKUNIT_RATE_LIMITED',
  waitingUntil: '2026-11-24T17:20:00Z',
  waitingFor: { requests: 1, everySeconds: 900 },
})

test('the bar is never full while anything is left', () => {
  expect(shareOf(going)).toBe(0.68)
  for (const share of [1, 0.999, null]) expect(shareOf({ progress: { ...progress, done: 14, share } })).toBeLessThan(1)
  expect(shareOf({ progress: { ...progress, total: null, share: null } })).toBeNull()
})

test('a run says which of its steps is under way, and how far that is', () => {
  expect(stepWords(going, words)).toBe('Step 2 of 3: 8 of 14 pages read')
  expect(stepWords({ ...going, progress: { ...progress, done: 250 } }, words)).toBe('Step 2 of 3: 8 of 14')
  expect(stepWords(aRun({ steps: [step('List machines', 'running')] }), words)).toBe('Step 1 of 1: List machines')
  const between = [step('List machines', 'done', [8, 14]), step('Rank', 'waiting')]
  expect(stepWords({ ...going, steps: between }, words)).toBe('Step 1 of 2: 8 of 14 pages read')
  expect(stepWords(waits, words)).toBe('Step 2 of 3: waiting')
  expect(stepWords(aRun(), words)).toBeUndefined()
})

test('a step that waits names the limit, its end, and what is kept', () => {
  expect(stepWaitWords(waits, words)).toBe(
    'Trackunit allows this list once per 15 minutes; continues at 18:20. 8 of 14 are read and saved.',
  )
  expect(stepWaitWords({ ...waits, waitingFor: { requests: 2, everySeconds: 1_800 } }, words)).toContain(
    'Trackunit allows 2 of these lists per 30 minutes;',
  )
  expect(stepWaitWords({ ...waits, waitingFor: null }, words)).toContain('Trackunit’s rate limit is reached;')
  expect(stepWaitWords({ ...waits, reason: 'TRACKUNIT_UNAVAILABLE' }, words)).toBeUndefined()
  expect(stepWaitWords(going, words)).toBeUndefined()
})

test('when it is ready counts from the end of the wait', () => {
  expect(readyWords(going, words)).toBe('about 2 minutes left')
  expect(readyWords(waits, words)).toBe('ready about 18:22')
  expect(readyWords({ ...going, progress: { ...progress, secondsLeft: null } }, words)).toBeUndefined()
})
