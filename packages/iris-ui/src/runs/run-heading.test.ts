import { expect, test } from 'vitest'
import { createFormats } from '../formats/create-formats.ts'
import { en } from '../texts/en.ts'
import { aRun } from './a-run.fixture.ts'
import { runHeading } from './run-heading.ts'

const words = {
  ...{ title: 'Fleet snapshot', userId: 'mette', usualSeconds: null, nowMs: 0, texts: en },
  formats: createFormats({ language: 'en-GB', textLanguage: 'en' }),
}

test('a run that was accepted is getting started, unless another of its kind or the access is in its way', () => {
  const queued = aRun({ state: 'queued' })
  expect(runHeading(queued, words)).toEqual({
    heading: 'Fleet snapshot: getting started',
    lead: ['It begins by itself.'],
  })
  expect(runHeading(queued, { ...words, isBehind: true })).toMatchObject({
    heading: 'Fleet snapshot waits for the one before',
    idle: true,
  })
  expect(runHeading({ ...queued, reason: 'CREDENTIALS_PENDING' }, words)).toMatchObject({
    heading: 'Waiting until our access works',
    idle: true,
  })
})
