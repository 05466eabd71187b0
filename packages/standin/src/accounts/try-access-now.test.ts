import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sooner } from './try-access-now.ts'

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000)
const refused = { reason: 'CREDENTIALS_REJECTED', claimedBy: null, triedAt: at(0), nextAttemptAt: at(900) } as const

test('who presses is not kept waiting for the next try', () => {
  expect(sooner(refused, at(60))).toEqual(at(60))
  expect(sooner({ ...refused, triedAt: null }, at(60))).toEqual(at(60))
})

test('however often somebody presses, ten seconds lie between two tries', () => {
  expect(sooner(refused, at(1))).toEqual(at(10))
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 900 }), (now, planned) => {
      const tried = sooner({ ...refused, nextAttemptAt: at(planned) }, at(now)) ?? at(planned)
      expect(tried.getTime()).toBeLessThanOrEqual(at(planned).getTime())
      expect(tried.getTime()).toBeGreaterThanOrEqual(Math.min(at(planned).getTime(), at(10).getTime()))
    }),
  )
})

test('what is tried now, is due before, or is to wait because Trackunit asked for it, stays as it is', () => {
  expect(sooner({ ...refused, claimedBy: 3 }, at(60))).toBeUndefined()
  expect(sooner({ ...refused, nextAttemptAt: at(30) }, at(60))).toBeUndefined()
  expect(sooner({ ...refused, reason: 'TRACKUNIT_RATE_LIMITED' }, at(60))).toBeUndefined()
  expect(sooner({ ...refused, nextAttemptAt: at(3_600) }, at(60))).toBeUndefined()
})
