import { expect, test } from 'vitest'
import { StandinError } from '../standin-error.ts'
import { readIfPossible } from './read-if-possible.ts'

const readingOf = (error: unknown) =>
  readIfPossible(() => Promise.reject(error), { failures: 0, failed: async () => {} })

test('a refusal means that it is left out, unless Trackunit only accepts no token for now', async () => {
  expect(await readingOf(new StandinError('TRACKUNIT_REFUSED'))).toBe('refused')
  expect(await readingOf(new StandinError('PLAN_REQUIRED'))).toBe('refused')
  const forNow = new StandinError('TRACKUNIT_REFUSED', { retryAfterMs: 30_000 })
  await expect(readingOf(forNow)).rejects.toBe(forNow)
})
