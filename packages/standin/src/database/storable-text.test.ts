import { expect, test } from 'vitest'
import { storableText } from './storable-text.ts'

test.each([
  ['a\0b', 9, 'ab'],
  ['ab🚜', 3, 'ab\ufffd'],
  ['m\ud800\0\udc00', 9, 'm\ufffd\ufffd'],
])('%j, at most %i long, is stored as %j', (text, most, stored) => {
  expect(storableText(text, most)).toBe(stored)
})
