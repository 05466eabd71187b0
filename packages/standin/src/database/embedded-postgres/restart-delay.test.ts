import { expect, test } from 'vitest'
import { restartDelayMs } from './restart-delay.ts'

test('the first restart is immediate, and each further one later', () => {
  expect(restartDelayMs([1_000], 1_000)).toBe(0)
  expect(restartDelayMs([1_000, 2_000], 2_000)).toBe(250)
  expect(restartDelayMs([1_000, 2_000, 3_000], 3_000)).toBe(1_000)
})

test('it gives up when PostgreSQL dies again and again', () => {
  const losses = Array.from({ length: 8 }, (_, index) => index * 60_000)

  expect(restartDelayMs(losses, 420_000)).toBeUndefined()
})

test('crashes long ago do not count', () => {
  const losses = Array.from({ length: 8 }, (_, index) => index * 60_000)

  expect(restartDelayMs([...losses, 7_200_000], 7_200_000)).toBe(0)
})
