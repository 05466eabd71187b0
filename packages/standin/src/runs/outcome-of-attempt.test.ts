import { errorReasons } from '@standin/contracts'
import { describe, expect, test } from 'vitest'
import { pauseBeforeRetry } from './outcome-of-attempt.ts'

const pause = (reason: keyof typeof errorReasons, retries = 0, retryAfterMs?: number) =>
  pauseBeforeRetry({ reason, retries, retryAfterMs, random: 0 })

test('what may work by itself is tried five times, with growing pauses', () => {
  expect([0, 1, 2, 3, 4, 5].map((retries) => pause('TRACKUNIT_UNAVAILABLE', retries))).toEqual([
    2_000,
    4_000,
    8_000,
    16_000,
    32_000,
    undefined,
  ])
})

test('runs that failed together come back apart', () => {
  const pauses = [0, 0.5, 1].map((random) =>
    pauseBeforeRetry({ reason: 'TRACKUNIT_UNAVAILABLE', retries: 1, retryAfterMs: undefined, random }),
  )
  expect(pauses).toEqual([4_000, 4_500, 5_000])
})

describe('invariant 23: a limit is waited for', () => {
  test('as long as it says, however often', () => {
    expect(pause('TRACKUNIT_RATE_LIMITED', 0, 600_000)).toBe(600_000)
    expect(pause('TRACKUNIT_RATE_LIMITED', 1_000, 600_000)).toBe(600_000)
  })

  test('and never for no time at all', () => {
    expect(pause('TRACKUNIT_RATE_LIMITED', 0, 0)).toBe(5_000)
  })
})

test('new credentials are waited for, however long their proof takes', () => {
  expect(pause('CREDENTIALS_PENDING', 1_000)).toBe(5_000)
})

test('a pause that the failure asks for is never undercut', () => {
  expect(pause('TRACKUNIT_UNAVAILABLE', 0, 45_000)).toBe(45_000)
})

test('what cannot help is not tried again', () => {
  const hopeless = Object.entries(errorReasons).filter(([, { retry }]) => retry === 'never')
  expect(hopeless.length).toBeGreaterThan(10)
  for (const [reason] of hopeless) expect(pause(reason as keyof typeof errorReasons, 0, 1_000)).toBeUndefined()
})
