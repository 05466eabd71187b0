import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BudgetRule, type BudgetState, decide, learn } from './rate-budget.ts'

const minuteMs = 60_000
const start = Date.parse('2026-01-01T00:00:00Z')

/** Asks with the given pauses in between. @returns the moments at which a request was allowed */
function play(rule: BudgetRule, gapsMs: readonly number[]): number[] {
  let state: BudgetState = {}
  let nowMs = start
  return gapsMs.flatMap((gapMs) => {
    nowMs += gapMs
    const decision = decide(state, rule, nowMs)
    if ('refusedForMs' in decision) return []
    state = decision.next
    return [nowMs + decision.inMs]
  })
}
const mostWithin = (moments: readonly number[], spanMs: number) =>
  Math.max(0, ...moments.map((from) => moments.filter((at) => at >= from && at < from + spanMs).length))

describe('invariant 23: for any sequence of requests,', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 20 * minuteMs }), { maxLength: 60 })

  test('no window has more requests than allowed, even if a request arrives late', () => {
    const rule: BudgetRule = { kind: 'windows', windows: [{ most: 2, windowMs: 30 * minuteMs }] }
    fc.assert(
      fc.property(gaps, fc.infiniteStream(fc.integer({ min: 0, max: 30_000 })), (gapsMs, late) => {
        const arrivals = play(rule, gapsMs).map((at) => at + (late.next().value as number))
        expect(mostWithin(arrivals, 30 * minuteMs)).toBeLessThanOrEqual(2)
      }),
    )
  })

  test('both limits of the AEMP snapshot are kept', () => {
    const windows = [
      { most: 1, windowMs: 15 * minuteMs },
      { most: 5, windowMs: 300 * minuteMs },
    ]
    fc.assert(
      fc.property(gaps, (gapsMs) => {
        const taken = play({ kind: 'windows', windows }, gapsMs)
        for (const { most, windowMs } of windows) expect(mostWithin(taken, windowMs)).toBeLessThanOrEqual(most)
      }),
    )
  })

  test('no second has more requests than the ceiling, and turns are given in order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 60 }),
        fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 150 }),
        (perSecond, gapsMs) => {
          const turns = play({ kind: 'turns', perSecond, patienceMs: 2_000 }, gapsMs)
          expect(mostWithin(turns, 999)).toBeLessThanOrEqual(perSecond)
          expect(turns).toEqual(turns.toSorted((one, other) => one - other))
        },
      ),
    )
  })

  test('a refusal ends exactly when the next request may go', () => {
    const rule: BudgetRule = { kind: 'windows', windows: [{ most: 1, windowMs: minuteMs }] }
    const state = { takenAtMs: [start] }
    const refused = decide(state, rule, start + 1_000)
    const forMs = 'refusedForMs' in refused ? refused.refusedForMs : 0

    expect(decide(state, rule, start + 1_000 + forMs - 1)).toHaveProperty('refusedForMs')
    expect(decide(state, rule, start + 1_000 + forMs)).toHaveProperty('next')
  })
})

describe('complexity points', () => {
  const rule: BudgetRule = { kind: 'points', document: 'fleet', reserve: 10, saysWhatIsLeft: true }
  const points = { document: 'fleet', cost: 100, remaining: 1_100, resetInMs: 10 * minuteMs }

  test('are deducted for each request, until fewer than ten times the cost are left', () => {
    let state = learn({}, { points }, start)
    const decisions = [0, 1, 2].map(() => {
      const decision = decide(state, rule, start)
      if ('next' in decision) state = decision.next
      return 'next' in decision ? 'sent' : decision.refusedForMs
    })
    expect(decisions).toEqual(['sent', 'sent', 10 * minuteMs])
  })

  test('run out sooner for schedules, so that some are left for users', () => {
    const state = learn({}, { points }, start)
    expect(decide(state, { ...rule, reserve: 20 }, start)).toHaveProperty('refusedForMs')
    expect(decide(state, rule, start)).toHaveProperty('next')
  })

  test('that others spend show in an answer; a late answer gives none back', () => {
    const spent = learn(learn({}, { points }, start), { points: { ...points, remaining: 50 } }, start + 1_000)
    expect(spent.remaining).toBe(50)
    expect(
      learn(spent, { points: { ...points, remaining: 900, resetInMs: 10 * minuteMs - 1_000 } }, start).remaining,
    ).toBe(50)
  })

  test('are renewed in the next window, whose answer says how many', () => {
    const empty = learn({}, { points: { ...points, remaining: 0 } }, start)
    const later = start + 10 * minuteMs
    expect(decide(empty, rule, later - 1)).toEqual({ refusedForMs: 1 })
    expect(decide(empty, rule, later)).toHaveProperty('next')
    expect(learn(empty, { points: { ...points, remaining: 900 } }, later + 1).remaining).toBe(900)
  })

  test('that are unknown are found out by one request; the others wait for its answer', () => {
    const first = decide({}, rule, start)
    const state = 'next' in first ? first.next : {}
    expect(decide(state, rule, start + 10)).toHaveProperty('refusedForMs')
    expect(decide(state, { ...rule, saysWhatIsLeft: false }, start + 10)).toHaveProperty('next')
    expect(decide(learn(state, {}, start + 20), rule, start + 20)).toHaveProperty('next')
    expect(decide(state, rule, start + 10_000)).toHaveProperty('next') // Its answer never arrived.
  })

  test('of a new document are assumed to be those of the most expensive one', () => {
    const state = learn({}, { points: { ...points, remaining: 999 } }, start)
    expect(decide(state, { ...rule, document: 'other' }, start)).toHaveProperty('refusedForMs')
  })
})

test('a wait that Trackunit asks for takes precedence, and the longer of two counts', () => {
  const told = learn(learn({}, { blockedForMs: 90_000 }, start), { blockedForMs: 1_000 }, start)
  for (const rule of [{ kind: 'undocumented' }, { kind: 'turns', perSecond: 50, patienceMs: 0 }] as const)
    expect(decide(told, rule, start)).toEqual({ refusedForMs: 90_000 })
})
