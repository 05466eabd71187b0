import { errorReasons } from '@standin/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ExchangeFailure, failurePolicy, pauseAfter } from './failure-policy.ts'

const failures = Object.keys(failurePolicy) as ExchangeFailure[]

describe.for(failures)('after %s', (failure) => {
  const { pauseMs, longestPauseMs, reason } = failurePolicy[failure]

  test('the pause begins at its first, doubles, and stops growing at its longest', () => {
    expect(pauseAfter(failure, 1)).toBe(pauseMs)
    expect(pauseAfter(failure, 2)).toBe(pauseMs * 2)
    expect(pauseAfter(failure, 1_000)).toBe(longestPauseMs)
  })

  test('the pause never shrinks, and never undercuts what the answer asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.nat(3_600_000), (inARow, retryAfterMs) => {
        expect(pauseAfter(failure, inARow + 1)).toBeGreaterThanOrEqual(pauseAfter(failure, inARow))
        expect(pauseAfter(failure, inARow, retryAfterMs)).toBeGreaterThanOrEqual(retryAfterMs)
        expect(pauseAfter(failure, inARow, retryAfterMs)).toBeLessThanOrEqual(Math.max(longestPauseMs, retryAfterMs))
      }),
    )
  })

  test('callers get a reason of the contract', () => {
    expect(errorReasons).toHaveProperty(reason)
  })
})

test('invariant 14: invalid_client alone refuses credentials; an outage, nonsense and a limit do not', () => {
  expect(failures.filter((failure) => failurePolicy[failure].refusesCredentials)).toEqual(['invalid-client'])
})
