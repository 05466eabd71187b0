import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  overall,
  type Steps,
  secondsLeft,
  stepsAtEnd,
  type UsualTimes,
  whileWaiting,
  withCounted,
  withStep,
} from './run-progress.ts'

describe('seconds left', () => {
  test.for([
    { title: 'at the pace so far', done: 25, total: 100, since: { done: 0, elapsedMs: 10_000 }, left: 30 },
    {
      title: 'at the pace of this attempt alone',
      done: 75,
      total: 100,
      since: { done: 50, elapsedMs: 10_000 },
      left: 10,
    },
    { title: 'none at the end', done: 100, total: 100, since: { done: 0, elapsedMs: 10_000 }, left: 0 },
    { title: 'none beyond it', done: 110, total: 100, since: { done: 0, elapsedMs: 10_000 }, left: 0 },
    { title: 'unknown without a total', done: 25, total: null, since: { done: 0, elapsedMs: 10_000 }, left: null },
    { title: 'unknown of nothing', done: 0, total: 0, since: { done: 0, elapsedMs: 10_000 }, left: null },
    {
      title: 'unknown while hardly anything is done',
      done: 4,
      total: 100,
      since: { done: 0, elapsedMs: 10_000 },
      left: null,
    },
    {
      title: 'unknown before this attempt did anything',
      done: 50,
      total: 100,
      since: { done: 50, elapsedMs: 10_000 },
      left: null,
    },
    {
      title: 'unknown while this attempt does again what was done',
      done: 40,
      total: 100,
      since: { done: 50, elapsedMs: 10_000 },
      left: null,
    },
  ])('$title', ({ left, ...progress }) => {
    expect(secondsLeft(progress)).toBe(left)
  })
})

const toDo = (...names: string[]) =>
  names.map((name) => ({ name, state: 'waiting' as const, tookMs: null, counted: null, waited: null }))
const begins = (name: string) => ({ name, state: 'running' as const, tookMs: null })

test('a step keeps its place when it changes; those that it passes over are not needed', () => {
  const first = withStep(toDo('list', 'counters', 'rank'), begins('list'))
  expect(first.map(({ state }) => state)).toEqual(['running', 'waiting', 'waiting'])
  const done = withStep(withCounted(first, { done: 3, total: 3 }), { name: 'list', state: 'done', tookMs: 5 })
  const last = withStep(done, begins('rank'))
  expect(last).toMatchObject([
    { name: 'list', state: 'done', tookMs: 5, counted: { done: 3, total: 3 } },
    { name: 'rank', state: 'running', counted: null },
  ])
})

test('a step that threw, and without which the action goes on, has failed; one that continues has not', () => {
  const first = withStep(toDo('list', 'rank'), begins('list'))
  expect(withStep(first, begins('rank')).map(({ state }) => state)).toEqual(['failed', 'running'])
  expect(withStep(first, begins('list')).map(({ state }) => state)).toEqual(['running', 'waiting'])
})

test('a step that was not announced comes before those still to do', () => {
  expect(withStep(toDo('files'), begins('repair')).map(({ name }) => name)).toEqual(['repair', 'files'])
})

test('at the end, what was not needed is gone; where the run did not succeed, its step has failed', () => {
  const steps = withStep(toDo('list', 'rank'), begins('list'))
  expect(stepsAtEnd(steps, { hasSucceeded: false }).map(({ state }) => state)).toEqual(['failed', 'waiting'])
  expect(stepsAtEnd(steps, { hasSucceeded: true }).map(({ name }) => name)).toEqual(['list'])
})

describe('all steps together', () => {
  const progress = { done: 0, total: null, message: '', secondsLeft: null, share: null }
  const half = withCounted(withStep(toDo('list', 'services', 'files'), begins('list')), { done: 50, total: 100 })
  const pace = { elapsedMs: 10_000, step: { done: 0, elapsedMs: 10_000 } }
  const usual = new Map([
    ['list', 20_000],
    ['services', 60_000],
    ['files', 20_000],
  ])
  const all = (steps: Steps, known: UsualTimes = usual) => overall({ steps, progress }, known, pace)

  test('weigh as much as they took last time', () => {
    expect(all(half).share).toBe(0.1)
    expect(all(half, new Map()).share).toBe(0.167)
  })

  test('take the rest at the pace of this one, and as long as the others took', () => {
    expect(all(half).secondsLeft).toBe(90)
    // Nothing is known about the others: at the pace of the whole.
    expect(all(half, new Map()).secondsLeft).toBe(50)
    expect(all(withCounted(half, { done: 20, total: 100 }), new Map()).secondsLeft).toBeNull()
  })

  test('include the waits that are still to come, as far as each got', () => {
    const waits = whileWaiting({ steps: half, progress: { ...progress, secondsLeft: 90 } }, 900)
    expect(waits.steps[0]?.waited).toEqual({ times: 1, everySeconds: 900 })
    expect(waits.progress.secondsLeft).toBe(90) // The other half comes with the next allowance.
    const few = withCounted(half, { done: 20, total: 100 })
    // Four more times, of which the first is the wait itself.
    expect(whileWaiting({ steps: few, progress: { ...progress, secondsLeft: 90 } }, 900).progress.secondsLeft).toBe(
      90 + 3 * 900,
    )
    const again = whileWaiting(whileWaiting({ steps: few, progress: { ...progress, secondsLeft: 90 } }, 900), 900)
    expect(again.progress.secondsLeft).toBe(90 + 7 * 900)
  })

  test('are never done while the run works, and never less than nothing', () => {
    const step = fc.record({
      name: fc.constantFrom('list', 'services', 'files', 'other'),
      state: fc.constantFrom('waiting' as const, 'running' as const, 'done' as const, 'failed' as const),
      tookMs: fc.constant(null),
      counted: fc.option(fc.record({ done: fc.nat(500), total: fc.option(fc.nat(300)) })),
      waited: fc.option(fc.record({ times: fc.integer({ min: 1, max: 9 }), everySeconds: fc.constant(900) })),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), fc.boolean(), fc.nat(100_000), (steps, isKnown, elapsedMs) => {
        const { share, secondsLeft } = overall({ steps, progress }, isKnown ? usual : new Map(), {
          elapsedMs,
          step: { done: 0, elapsedMs },
        })
        expect(share === null || (share >= 0 && share < 1)).toBe(true)
        expect(secondsLeft === null || (Number.isInteger(secondsLeft) && secondsLeft >= 0)).toBe(true)
      }),
    )
  })
})
