import { expect, test } from 'vitest'
import { understandCount } from './report-progress.ts'

test('counts become whole numbers that can be listed', () => {
  expect(understandCount({ done: 1.6, total: null })).toEqual({ done: 2, total: null })
  expect(understandCount({ done: -3, total: 1e300 })).toEqual({ done: 0, total: Number.MAX_SAFE_INTEGER })
})

test.for([
  { done: Number.NaN, total: 3 },
  { done: 1, total: Number.POSITIVE_INFINITY },
  { done: undefined as never, total: 3 },
  { done: 1, total: undefined as never },
])('a count that is no number is the action’s mistake, and does not end up in the list of runs: %o', (counted) => {
  expect(() => understandCount(counted)).toThrow(
    expect.objectContaining({ reason: 'ACTION_FAULTY', detail: expect.stringContaining('progress') }),
  )
})
