import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createTurns } from './turns.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('invariant 25: between two calls of a caller the process does other work', async () => {
  const turns = createTurns(1)
  const end = await turns.take('anna')
  let isNext = false
  const next = turns.take('anna').then((endNext) => {
    isNext = true
    endNext()
  })
  end()
  for (let step = 0; step < 10; step++) await undefined // Whatever needs no turn of the event loop.
  expect(isNext).toBe(false)
  await vi.advanceTimersByTimeAsync(0)
  await next
})

test('invariant 25: a call that waits too long behind others of its caller is told when to retry', async () => {
  const turns = createTurns(1)
  const end = await turns.take('anna')
  const late = turns.take('anna')
  const refused = expect(late).rejects.toMatchObject({ reason: 'RATE_LIMITED', retryAfterMs: 10_000 })
  await vi.advanceTimersByTimeAsync(9_000)
  const patient = turns.take('anna')
  await vi.advanceTimersByTimeAsync(1_000)
  await refused

  end()
  await vi.advanceTimersByTimeAsync(0)
  const endPatient = await patient // The call that gave up does not take its place.
  endPatient()
  expect(turns.size()).toBe(0)
})
