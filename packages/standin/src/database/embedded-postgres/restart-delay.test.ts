import { expect, test } from 'vitest'
import { restartDelayMs } from './restart-delay.ts'

test('the first restart is immediate, and each further one later', () => {
  expect(restartDelayMs([1_000], 1_000)).toBe(0)
  expect(restartDelayMs([1_000, 2_000], 2_000)).toBe(250)
  expect(restartDelayMs([1_000, 2_000, 3_000], 3_000)).toBe(1_000)
})

test('however often it dies, it is started again, once a minute in the end: a full disk may have room again', () => {
  const losses = Array.from({ length: 30 }, (_, index) => index * 10_000)

  expect(restartDelayMs(losses, 300_000)).toBe(60_000)
})

test('crashes long ago do not count', () => {
  const losses = Array.from({ length: 8 }, (_, index) => index * 60_000)

  expect(restartDelayMs([...losses, 7_200_000], 7_200_000)).toBe(0)
})
