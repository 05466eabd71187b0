import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeCursor, encodeCursor } from './run-cursor.ts'

test('a cursor survives encoding and decoding', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
      fc.uuid(),
      (createdAt, id) => {
        expect(decodeCursor(encodeCursor({ createdAt, id }))).toEqual({ createdAt, id })
      },
    ),
  )
})

test.for([
  '',
  'nonsense',
  'W10',
  Buffer.from('["2026-01-01T00:00:00.000Z","1; drop table runs"]').toString('base64url'),
])('anything else is refused: %s', (cursor) => {
  expect(() => decodeCursor(cursor)).toThrow(expect.objectContaining({ reason: 'INPUT_INVALID' }))
})

test('any input is either read or refused', () => {
  fc.assert(
    fc.property(fc.string(), (cursor) => {
      try {
        decodeCursor(cursor)
      } catch (error) {
        expect(error).toMatchObject({ reason: 'INPUT_INVALID' })
      }
    }),
  )
})
