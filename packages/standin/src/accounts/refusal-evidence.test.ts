import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countRefusal, isCertain, noRefusals, type RefusalEvidence } from './refusal-evidence.ts'

const minute = 60_000
const start = Date.parse('2026-11-24T12:00:00Z')
interface Refusal {
  atMs: number
  othersSignIn: boolean
}
const evidenceOf = (refusals: readonly Refusal[]) =>
  refusals.reduce<RefusalEvidence>(
    (evidence, { atMs, othersSignIn }) => countRefusal(evidence, { now: new Date(start + atMs), othersSignIn }),
    noRefusals,
  )
const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)
const history = fc
  .array(fc.record({ pauseMs: fc.integer({ min: 1_000, max: 40 * minute }), othersSignIn: fc.boolean() }), {
    maxLength: 60,
  })
  .map((tries) =>
    tries.map(
      ({ othersSignIn }, no): Refusal => ({
        atMs: sum(tries.slice(0, no + 1).map((each) => each.pauseMs)),
        othersSignIn,
      }),
    ),
  )

describe('invariant 8: when refusals are certain', () => {
  test('with the fifth in an hour, a quarter of an hour apart', () => {
    const every = (ms: number) => Array.from({ length: 5 }, (_, no) => ({ atMs: no * ms, othersSignIn: true }))
    expect(isCertain(evidenceOf(every(15 * minute)))).toBe(true)
    expect(isCertain(evidenceOf(every(15 * minute).slice(0, 4)))).toBe(false)
    expect(isCertain(evidenceOf(every(14 * minute)))).toBe(false)
  })

  test('only after five of them, spread over an hour, while others could sign in', () => {
    fc.assert(
      fc.property(history, (refusals) => {
        const counting = refusals.filter(({ othersSignIn }) => othersSignIn)
        const spreadMs = (counting.at(-1)?.atMs ?? 0) - (counting[0]?.atMs ?? 0)
        if (isCertain(evidenceOf(refusals))) {
          expect(counting.length).toBeGreaterThanOrEqual(5)
          expect(spreadMs).toBeGreaterThanOrEqual(60 * minute)
        }
      }),
    )
  })

  test('after an hour and a quarter at the latest, when parked credentials are probed as usual', () => {
    const usual = [5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900, 900].map((seconds) => seconds * 1_000)
    const refusals = usual.map((_, no) => ({ atMs: sum(usual.slice(0, no + 1)), othersSignIn: true }))
    expect(isCertain(evidenceOf(refusals.filter((each) => each.atMs <= 75 * minute)))).toBe(true)
  })
})
