import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sooner } from './try-access-now.ts'

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000)
const refused = { reason: 'CREDENTIALS_REJECTED', claimedBy: null, triedAt: at(0), nextAttemptAt: at(900) } as const

test('pressing the button brings the next attempt forward', () => {
  expect(sooner(refused, at(60))).toEqual(at(60))
  expect(sooner({ ...refused, triedAt: null }, at(60))).toEqual(at(60))
})

test('two attempts are at least ten seconds apart, however often the button is pressed', () => {
  expect(sooner(refused, at(1))).toEqual(at(10))
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 900 }), (now, planned) => {
      const tried = sooner({ ...refused, nextAttemptAt: at(planned) }, at(now)) ?? at(planned)
      expect(tried.getTime()).toBeLessThanOrEqual(at(planned).getTime())
      expect(tried.getTime()).toBeGreaterThanOrEqual(Math.min(at(planned).getTime(), at(10).getTime()))
    }),
  )
})

test('an attempt that is under way, due sooner, or delayed at Trackunit’s request is not moved', () => {
  expect(sooner({ ...refused, claimedBy: 3 }, at(60))).toBeUndefined()
  expect(sooner({ ...refused, nextAttemptAt: at(30) }, at(60))).toBeUndefined()
  expect(sooner({ ...refused, reason: 'TRACKUNIT_RATE_LIMITED' }, at(60))).toBeUndefined()
  expect(sooner({ ...refused, nextAttemptAt: at(3_600) }, at(60))).toBeUndefined()
})
