import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ExchangeFailure, failurePolicy } from '../trackunit/failure-policy.ts'
import { type FailedProof, nextAttempt } from './next-attempt.ts'

const refused: FailedProof = {
  failure: 'invalid-client',
  attempts: 1,
  ageMs: 0,
  patienceMs: 900_000,
  isBulk: false,
}

/** The age of credentials at each attempt, until they are given up. Attempts start a little after they are due. */
function triesOf({
  patienceMs = 900_000,
  isBulk = false,
  lateMs = () => 0,
  failureAt = () => 'invalid-client' as const,
}: {
  patienceMs?: number
  isBulk?: boolean
  lateMs?: () => number
  failureAt?: (ageMs: number) => ExchangeFailure
} = {}): number[] {
  const tries: number[] = []
  for (let ageMs = lateMs(); tries.length < 10_000; ) {
    tries.push(ageMs)
    const failure = failureAt(ageMs)
    const next = nextAttempt({ failure, attempts: tries.length, ageMs, patienceMs, isBulk })
    if (next.do === 'reject') return tries
    ageMs += next.inMs + lateMs()
  }
  throw new Error('never given up')
}
const seconds = (tries: number[]) => tries.map((ms) => ms / 1_000)
const patience = fc.integer({ min: 10_000, max: 86_400_000 })
const lateness = fc.infiniteStream(fc.integer({ min: 0, max: 3_000 })).map((stream) => () => stream.next().value)

describe('credentials that are refused from the first time on', () => {
  test('are tried often at first, then every half minute, and a last time when the patience ends', () => {
    const tries = seconds(triesOf())
    expect(tries.slice(0, 8)).toEqual([0, 2, 6, 14, 30, 60, 90, 120])
    expect(tries.slice(-2)).toEqual([870, 900])
    expect(tries).toHaveLength(34)
  })

  test('even with the short patience of a demo', () => {
    expect(seconds(triesOf({ patienceMs: 60_000 }))).toEqual([0, 2, 6, 14, 30, 60])
  })

  test('are given up when the patience ends, not before, and not long after', () => {
    fc.assert(
      fc.property(patience, lateness, fc.boolean(), (patienceMs, lateMs, isBulk) => {
        const givenUpAtMs = triesOf({ patienceMs, lateMs, isBulk }).at(-1)
        expect(givenUpAtMs).toBeGreaterThanOrEqual(patienceMs)
        expect(givenUpAtMs).toBeLessThanOrEqual(patienceMs + 2_000 + 3_000)
      }),
      { numRuns: 200 },
    )
  })

  test('are served within 45 seconds of starting to work', () => {
    fc.assert(
      fc.property(patience, lateness, (patienceMs, lateMs) => {
        const tries = triesOf({ patienceMs, lateMs })
        const gaps = tries.slice(1).map((ms, index) => ms - (tries[index] ?? 0))
        expect(Math.max(...gaps)).toBeLessThanOrEqual(45_000 + 3_000)
        expect(Math.min(...gaps)).toBeGreaterThanOrEqual(2_000)
        expect(tries.length).toBeLessThanOrEqual(7 + patienceMs / 30_000)
      }),
      { numRuns: 200 },
    )
  })

  test('that arrived in bulk under one JWT are tried less and less often, so that others get their turn', () => {
    expect(seconds(triesOf({ isBulk: true }))).toEqual([0, 2, 6, 14, 30, 62, 126, 254, 510, 900])
  })
})

describe('an answer that says nothing about the credentials', () => {
  const others = Object.keys(failurePolicy).filter((each) => each !== 'invalid-client') as ExchangeFailure[]

  test('never rejects them, however long it lasts', () => {
    fc.assert(
      fc.property(fc.constantFrom(...others), fc.nat(1_000), fc.nat(90_000_000), (failure, attempts, ageMs) => {
        expect(nextAttempt({ ...refused, failure, attempts, ageMs }).do).toBe('try-again')
      }),
    )
  })

  test('delays neither working credentials nor the rejection when it occurs once', () => {
    const onceNonsense = (ageMs: number) => (ageMs === 600_000 ? 'nonsense' : 'invalid-client')
    expect(seconds(triesOf({ failureAt: onceNonsense }))).toEqual(seconds(triesOf()))
  })

  test('follows its own pauses if it is a rate limit', () => {
    expect(nextAttempt({ ...refused, failure: 'rate-limited', attempts: 4 })).toEqual({ do: 'try-again', inMs: 80_000 })
  })
})

test('no pause is shorter than the answer asked for, not even before the last attempt', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...(Object.keys(failurePolicy) as ExchangeFailure[])),
      fc.nat(899_999),
      fc.nat(7_200_000),
      (failure, ageMs, retryAfterMs) => {
        const next = nextAttempt({ ...refused, failure, ageMs, retryAfterMs })
        expect(next.do === 'try-again' && next.inMs).toBeGreaterThanOrEqual(retryAfterMs)
      },
    ),
  )
})
