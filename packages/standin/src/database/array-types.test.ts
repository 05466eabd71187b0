import fc from 'fast-check'
import { expect, test } from 'vitest'
import { arrayText, elements } from './array-types.ts'

test('whatever texts an array holds, they are read as they were written', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.string({ unit: 'binary' }))), (texts) => {
      expect(elements(arrayText(texts), String)).toEqual(texts)
    }),
  )
})

test('arrays are read as PostgreSQL writes them', () => {
  expect(elements('{}', String)).toEqual([])
  expect(elements('{a,"b,c",NULL,"NULL"}', String)).toEqual(['a', 'b,c', null, 'NULL'])
  expect(elements('{1,-2.5}', Number)).toEqual([1, -2.5])
})
