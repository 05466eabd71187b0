import type { Run } from '@standin/client'
import { expect, test } from 'vitest'
import { createFormats } from '../formats/create-formats.ts'
import { en } from '../texts/called-standin.fixture.ts'
import { aRun } from './a-run.fixture.ts'
import { resultLook } from './result-look.ts'
import { runHeading } from './run-heading.ts'

const words = {
  title: 'Fleet snapshot',
  userId: 'mette',
  usualSeconds: null,
  nowMs: 0,
  texts: en,
  formats: createFormats({ language: 'en-GB', textLanguage: 'en' }),
}

test('an accepted run is starting, unless it waits for another run or for access', () => {
  const queued = aRun({ state: 'queued' })
  expect(runHeading(queued, words)).toEqual({
    heading: 'Fleet snapshot: starting',
    lead: ['Starts automatically.'],
  })
  expect(runHeading(queued, { ...words, before: aRun({ createdAt: '2026-11-23T08:42:00.000Z' }) })).toMatchObject({
    heading: `Fleet snapshot starts when the run from ${words.formats.clock('2026-11-23T08:42:00.000Z')} ends`,
    idle: true,
  })
  expect(runHeading({ ...queued, reason: 'CREDENTIALS_PENDING' }, words)).toMatchObject({
    heading: 'Waiting until our access works',
    idle: true,
  })
})

test('a waiting run says what for: a limit and its end, or the time of the next try', () => {
  const waitingUntil = '2026-11-24T09:12:00Z'
  const progress = { done: 1_840, total: 2_964, message: 'machines listed', secondsLeft: null, share: null }
  const nowMs = Date.parse('2026-11-24T08:44:00Z')
  const heading = (reason: Run['reason'], change: Partial<Run> = {}, accessTriedAt?: string) =>
    runHeading(aRun({ state: 'waiting', waitingUntil, progress, reason, ...change }), {
      ...words,
      nowMs,
      accessTriedAt,
    })

  expect(heading('TRACKUNIT_RATE_LIMITED').heading).toMatch(/^Waiting for Trackunit until .*, 28 minutes from now$/)
  const later = { waitingUntil: '2026-11-24T09:12:40Z' }
  const inBetween = runHeading(aRun({ state: 'waiting', reason: 'TRACKUNIT_RATE_LIMITED', progress, ...later }), {
    ...words,
    nowMs: nowMs + 50_000,
  })
  // 08:44 and 29 minutes are 09:13, whatever the seconds.
  expect(inBetween.heading).toBe(
    `Waiting for Trackunit until ${words.formats.clock('2026-11-24T09:13:00Z')}, 29 minutes from now`,
  )
  expect(heading('TRACKUNIT_RATE_LIMITED')).not.toHaveProperty('nextTryAt')
  expect(heading('TRACKUNIT_UNAVAILABLE')).toEqual({
    heading: 'Waiting for Trackunit',
    lead: ['Trackunit is not answering. Nothing is lost. Continues automatically.', 'Everything read so far is saved.'],
    nextTryAt: waitingUntil,
  })
  const again = '2026-11-24T08:50:00Z'
  expect(heading('CREDENTIALS_REJECTED', {}, again)).toMatchObject({
    heading: 'Waiting until our access works again',
    nextTryAt: again,
  })
  expect(heading('CREDENTIALS_PENDING', {}, again)).toMatchObject({ nextTryAt: again })
  expect(heading('CREDENTIALS_PENDING', { state: 'queued' }, again)).toMatchObject({ idle: true, nextTryAt: again })
  expect(heading('CREDENTIALS_REJECTED')).not.toHaveProperty('nextTryAt')
})

test('a result that could not check everything is amber, never green', () => {
  const run = aRun({ state: 'succeeded', headline: 'Only fuel was checked on 42 machines.', incomplete: 'No battery.' })
  expect(resultLook({ ...run, state: 'succeeded' }, en)).toEqual({ icon: 'warn', tone: 'warn', state: 'Incomplete' })
  expect(resultLook({ state: 'succeeded', incomplete: null }, en).tone).toBe('ok')
})
