import { describe, expect, test } from 'vitest'
import { secondsLeft, stepsAtEnd, withStep } from './run-progress.ts'

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

test('a step keeps its place when it changes, and a new one comes last', () => {
  const first = withStep([], { name: 'one', state: 'running', tookMs: null })
  const second = withStep(first, { name: 'two', state: 'running', tookMs: null })

  expect(withStep(second, { name: 'one', state: 'done', tookMs: 5 })).toEqual([
    { name: 'one', state: 'done', tookMs: 5 },
    { name: 'two', state: 'running', tookMs: null },
  ])
})

test('when a run does not succeed, its current step has failed', () => {
  const steps = [
    { name: 'one', state: 'done' as const, tookMs: 5 },
    { name: 'two', state: 'running' as const, tookMs: null },
  ]
  expect(stepsAtEnd(steps).map(({ state }) => state)).toEqual(['done', 'failed'])
})
