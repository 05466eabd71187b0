import { errorReasons } from '@standin/contracts'
import { describe, expect, test } from 'vitest'
import { StandinError } from '../standin-error.ts'
import { ActionFailed } from './action-failed.ts'
import { type Attempt, outcomeOfAttempt, pauseBeforeRetry } from './outcome-of-attempt.ts'

const pause = (reason: keyof typeof errorReasons, retries = 0, retryAfterMs?: number, hasAccess = false) =>
  pauseBeforeRetry({ reason, retries, retryAfterMs, hasAccess, random: 0 })

test('a failure that may pass is retried five times, with growing pauses', () => {
  expect([0, 1, 2, 3, 4, 5].map((retries) => pause('STORAGE_UNAVAILABLE', retries))).toEqual([
    2_000,
    4_000,
    8_000,
    16_000,
    32_000,
    undefined,
  ])
})

test('a run outlasts an outage of Trackunit of twenty minutes, and continues within half a minute of its end', () => {
  const pauses = Array.from({ length: 60 }, (_, retries) => pause('TRACKUNIT_UNAVAILABLE', retries))
  const waited = pauses.filter((pauseMs) => pauseMs !== undefined)
  expect(waited.slice(0, 6)).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
  expect(Math.max(...waited)).toBe(30_000)
  expect(waited.reduce((sum, pauseMs) => sum + pauseMs, 0)).toBe(20 * 60_000)
  expect(pauses.at(waited.length)).toBeUndefined()
})

test('runs that failed together are retried at different times', () => {
  const pauses = [0, 0.5, 1].map((random) =>
    pauseBeforeRetry({ reason: 'TRACKUNIT_UNAVAILABLE', retries: 1, retryAfterMs: undefined, hasAccess: true, random }),
  )
  expect(pauses).toEqual([4_000, 4_500, 5_000])
})

describe('invariant 23: a run waits for a limit', () => {
  test('as long as it says, however often', () => {
    expect(pause('TRACKUNIT_RATE_LIMITED', 0, 600_000)).toBe(600_000)
    expect(pause('TRACKUNIT_RATE_LIMITED', 1_000, 600_000)).toBe(600_000)
  })

  test('and always for some time', () => {
    expect(pause('TRACKUNIT_RATE_LIMITED', 0, 0)).toBe(5_000)
  })
})

test('a run waits for new credentials, however long their proof takes', () => {
  expect(pause('CREDENTIALS_PENDING', 1_000)).toBe(5_000)
})

describe('access that Trackunit refuses', () => {
  test('is waited for, however long, if it worked before', () => {
    expect(pause('CREDENTIALS_REJECTED', 1_000, undefined, true)).toBe(60_000)
  })

  test('and not if it never did', () => {
    expect(pause('CREDENTIALS_REJECTED')).toBeUndefined()
  })
})

test('no pause is shorter than the failure asks for', () => {
  expect(pause('TRACKUNIT_UNAVAILABLE', 0, 45_000)).toBe(45_000)
})

test('a failure that a retry cannot fix is not retried', () => {
  const hopeless = Object.entries(errorReasons).filter(([, { retry }]) => retry === 'never')
  expect(hopeless.length).toBeGreaterThan(10)
  for (const [reason] of hopeless) expect(pause(reason as keyof typeof errorReasons, 0, 1_000)).toBeUndefined()
})

describe('an action that says why it failed', () => {
  const after = (error: unknown, more: Partial<Attempt> = {}) =>
    outcomeOfAttempt({
      failure: { error },
      abortedBy: undefined,
      state: 'running',
      retries: 0,
      hasAccess: true,
      isProduction: true,
      random: 0,
      ...more,
    })

  test('fails its run at once, unless it says that it may work soon', () => {
    const failed = { transition: 'fail', reason: 'ACTION_FAILED', failure: 'Order 77 is closed' }
    expect(after(new ActionFailed('Order 77 is closed'))).toEqual(failed)
    expect(after(new ActionFailed('Order 77 is closed', { retry: 'never', retryAfterMs: 5 }))).toEqual(failed)
    const soon = new ActionFailed('The shop is closed', { retry: 'soon', retryAfterMs: 60_000 })
    const waits = { transition: 'pause', reason: 'ACTION_FAILED', failure: 'The shop is closed' }
    expect(after(soon)).toEqual({ ...waits, pauseMs: 60_000, retries: 1 })
    expect(after(new ActionFailed('x', { retry: 'soon' }), { retries: 3 })).toMatchObject({ pauseMs: 16_000 })
    expect(after(soon, { retries: 5 })).toMatchObject({ transition: 'fail', failure: 'The shop is closed' })
  })

  test('a run whose token Trackunit does not accept waits for another, and fails after five', () => {
    const refused = new StandinError('TRACKUNIT_REFUSED', { retryAfterMs: 30_000 })
    expect(after(refused)).toEqual({ transition: 'pause', reason: 'TRACKUNIT_REFUSED', pauseMs: 30_000, retries: 1 })
    expect(after(refused, { retries: 5 })).toMatchObject({ transition: 'fail', reason: 'TRACKUNIT_REFUSED' })
    expect(after(new StandinError('TRACKUNIT_REFUSED'))).toMatchObject({ transition: 'fail' })
  })

  test('an unexpected error fails it without a word in production, with its text in development', () => {
    expect(after(new TypeError('token abc'))).toEqual({ transition: 'fail', reason: 'INTERNAL' })
    expect(after(new TypeError('no such thing'), { isProduction: false })).toMatchObject({
      failure: expect.stringMatching(/^TypeError: no such thing, at .*outcome-of-attempt\.test\.ts:/),
    })
  })
})
