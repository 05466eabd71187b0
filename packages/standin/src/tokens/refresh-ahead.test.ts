import { describe, expect, test } from 'vitest'
import { type SimulatedDay, simulateDay } from '../../test/simulate-day.ts'

/** mulberry32: the same day each time. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
const hourMs = 3_600_000
/** `TRACKUNIT_MAX_REQUESTS_PER_S`, which everything shares. */
const ceilingPerS = 50

/** 10,000 accounts whose first token was asked for at some moment of the first hour, used all day. */
function day(change: Partial<SimulatedDay> = {}) {
  const random = seeded(20_250_301)
  return simulateDay({
    accounts: 10_000,
    lifetimeMs: hourMs,
    usedFrom: (account) => (account / 10_000) * hourMs,
    random,
    ...change,
  })
}

describe('invariant 13: a day of 10,000 accounts', () => {
  test('costs at most 1.10 times the fewest exchanges, and no caller waits', () => {
    const { ratio, waits, busiestSecond } = day()

    expect(ratio).toBeLessThanOrEqual(1.1)
    expect(waits).toBe(0)
    expect(busiestSecond).toBeLessThan(ceilingPerS)
  })

  test('the same where one exchange in a hundred fails', () => {
    const luck = seeded(7)
    const { ratio, waits } = day({ fails: () => luck() < 0.01 })

    expect(ratio).toBeLessThanOrEqual(1.1)
    expect(waits).toBe(0)
  })

  test('with an outage of two minutes at most 1.15 times, and no caller waits', () => {
    const { ratio, waits } = day({ fails: (atMs) => atMs >= 12 * hourMs && atMs < 12 * hourMs + 120_000 })

    expect(ratio).toBeLessThanOrEqual(1.15)
    expect(waits).toBe(0)
  })

  test('all installed in one minute: they spread out before their first refresh', () => {
    const { ratio, waits, busiestSecond } = day({ usedFrom: (account) => (account / 10_000) * 60_000 })

    expect(ratio).toBeLessThanOrEqual(1.1)
    expect(waits).toBe(0)
    expect(busiestSecond).toBeLessThan(ceilingPerS)
  })

  test('all installed in one minute, and an outage while they are refreshed: no caller waits', () => {
    const { ratio, waits } = day({
      usedFrom: (account) => (account / 10_000) * 60_000,
      fails: (atMs) => atMs >= 2_400_000 && atMs < 2_520_000,
    })

    expect(ratio).toBeLessThanOrEqual(1.15)
    expect(waits).toBe(0)
  })

  test('accounts that are no longer used cost at most two more exchanges', () => {
    const used = day({ accounts: 1_000, usedUntil: () => 12 * hourMs })
    const halfADay = day({ accounts: 1_000 }).exchanges / 2

    expect(used.exchanges).toBeLessThanOrEqual(halfADay + 2 * 1_000)
  })
})
