import fc from 'fast-check'
import { expect, test } from 'vitest'
import { longestPauseMs, retryPauseMs } from './retry-pause.ts'

const attempts = fc.integer({ min: 1, max: 1_000 })
const random = fc.double({ min: 0, max: 1, noNaN: true })

test('pauses grow, differ by chance, and never fall below what the server asked for', () => {
  fc.assert(
    fc.property(attempts, random, fc.option(fc.nat(120_000), { nil: undefined }), (attempt, by, retryAfterMs) => {
      const pauseMs = retryPauseMs({ retry: 'after', retryAfterMs }, attempt, by)
      if ((retryAfterMs ?? 0) > longestPauseMs) {
        expect(pauseMs).toBeUndefined()
        return
      }
      expect(pauseMs).toBeGreaterThanOrEqual(Math.max(250, retryAfterMs ?? 0))
      expect(pauseMs).toBeLessThanOrEqual(Math.max(8_000, retryAfterMs ?? 0))
    }),
  )
  const most = [1, 2, 3, 4, 5, 6].map((attempt) => retryPauseMs({ retry: 'soon', retryAfterMs: undefined }, attempt, 0))
  expect(most).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000])
})

test('what fails for good is not repeated', () => {
  fc.assert(
    fc.property(attempts, random, (attempt, by) => {
      expect(retryPauseMs({ retry: 'never', retryAfterMs: 1 }, attempt, by)).toBeUndefined()
    }),
  )
})
