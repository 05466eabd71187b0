import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cacheForMs, safetyMarginMs, tokenFreshness } from './token-freshness.ts'

describe('invariant 13: nothing is handed out inside the margin', () => {
  test.for([
    { lifetimeS: 30, marginMs: 6_000 },
    { lifetimeS: 300, marginMs: 60_000 },
    { lifetimeS: 1_200, marginMs: 60_000 },
    { lifetimeS: 3_600, marginMs: 60_000 },
  ])('a token of $lifetimeS s is fresh until $marginMs ms before its end', ({ lifetimeS, marginMs }) => {
    const lifetimeMs = lifetimeS * 1_000

    expect(safetyMarginMs(lifetimeMs)).toBe(marginMs)
    expect(tokenFreshness({ leftMs: lifetimeMs, lifetimeMs })).toBe('fresh')
    expect(tokenFreshness({ leftMs: marginMs + 1, lifetimeMs })).toBe('fresh')
    expect(tokenFreshness({ leftMs: marginMs, lifetimeMs })).toBe('stale')
    expect(tokenFreshness({ leftMs: -1, lifetimeMs })).toBe('stale')
  })

  test('what a caller may keep ends before the margin, whatever the life, the rest and the setting', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 86_400_000, noNaN: true }),
        fc.double({ min: -60_000, max: 86_400_000, noNaN: true }),
        fc.nat(3_600_000),
        (lifetimeMs, leftMs, allowedMs) => {
          const cached = cacheForMs({ leftMs, lifetimeMs, allowedMs })
          expect(Number.isInteger(cached)).toBe(true)
          expect(cached).toBeGreaterThanOrEqual(0)
          expect(cached).toBeLessThanOrEqual(allowedMs)
          if (cached > 0) expect(leftMs - cached).toBeGreaterThanOrEqual(safetyMarginMs(lifetimeMs))
        },
      ),
    )
  })

  test('with a setting of 0 no caller keeps a token', () => {
    expect(cacheForMs({ leftMs: 3_000_000, lifetimeMs: 3_600_000, allowedMs: 0 })).toBe(0)
  })
})
