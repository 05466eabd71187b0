import { runStateSchema } from '@standin/contracts'
import { describe, expect, test } from 'vitest'
import { isFinal, nextRunState, type RunTransition, runLifecycle } from './run-lifecycle.ts'

const transitions: RunTransition[] = ['claim', 'pause', 'cancel', 'wind-up', 'stop', 'succeed', 'fail']

test('every state of the contract has a row', () => {
  expect(Object.keys(runLifecycle).sort()).toEqual([...runStateSchema.options].sort())
})

test.for([
  ['queued', 'claim', 'running'],
  ['queued', 'cancel', 'cancelled'],
  ['running', 'claim', 'running'],
  ['running', 'pause', 'waiting'],
  ['running', 'cancel', 'cancelling'],
  ['running', 'succeed', 'succeeded'],
  ['running', 'fail', 'failed'],
  ['waiting', 'claim', 'running'],
  ['waiting', 'cancel', 'cancelled'],
  ['waiting', 'wind-up', 'cancelling'],
  ['cancelling', 'claim', 'cancelling'],
  ['cancelling', 'cancel', 'cancelling'],
  ['cancelling', 'stop', 'cancelled'],
  ['cancelling', 'succeed', 'succeeded'],
] as const)('%s: %s → %s', ([state, transition, next]) => {
  expect(nextRunState(state, transition)).toBe(next)
})

test('nothing else can happen', () => {
  const possible = runStateSchema.options.flatMap((state) => transitions.filter((each) => nextRunState(state, each)))
  expect(possible).toHaveLength(14)
})

describe('final states stay final', () => {
  test.for(['succeeded', 'failed', 'cancelled'] as const)('%s', (state) => {
    expect(isFinal(state)).toBe(true)
    for (const transition of transitions) expect(nextRunState(state, transition)).toBeUndefined()
  })

  test.for(['queued', 'running', 'waiting', 'cancelling'] as const)('%s can reach a final state', (state) => {
    const reached = new Set<string>([state])
    for (const each of reached) for (const next of Object.values(runLifecycle[each as 'queued'])) reached.add(next)
    expect([...reached].some((each) => isFinal(each as 'queued'))).toBe(true)
    expect(isFinal(state)).toBe(false)
  })
})
