import { expect, test } from 'vitest'
import { timeLeft } from './time-left.ts'

test.each([
  [0, { unit: 'moment' }],
  [44, { unit: 'moment' }],
  [45, { unit: 'minutes', minutes: 1 }],
  [89, { unit: 'minutes', minutes: 1 }],
  [120, { unit: 'minutes', minutes: 2 }],
  [3_569, { unit: 'minutes', minutes: 59 }],
  [3_570, { unit: 'hours', hours: 1, minutes: 0 }],
  [27_000, { unit: 'hours', hours: 7, minutes: 30 }],
  [7_150, { unit: 'hours', hours: 2, minutes: 0 }],
  [40_000, { unit: 'hours', hours: 11, minutes: 0 }],
])('%i seconds are said as %o', (seconds, said) => {
  expect(timeLeft(seconds)).toEqual(said)
})
