import { expect, test } from 'vitest'
import { nextByKey } from './next-by-key.ts'

test.each([
  ['ArrowDown', -1, 0],
  ['ArrowDown', 1, 2],
  ['ArrowDown', 2, undefined],
  ['ArrowUp', 2, 1],
  ['ArrowUp', 0, -1],
  ['ArrowUp', -1, undefined],
  ['Home', 2, 0],
  ['End', 0, 2],
  ['Tab', 0, undefined],
] as const)('%s at %s of three choices leads to %s', (key, at, next) => {
  expect(nextByKey(key, { at, last: 2 })).toBe(next)
})

test('in an empty list no key leads anywhere', () => {
  for (const key of ['ArrowDown', 'Home', 'End']) expect(nextByKey(key, { at: -1, last: -1 })).toBeUndefined()
})
