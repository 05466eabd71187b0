import fc from 'fast-check'
import { expect, test } from 'vitest'
import { idsOfText, textOfIds } from './chosen-rows.ts'

test('rows that are left out are read from the address as they were written', () => {
  const id = fc.string({ minLength: 1, unit: 'grapheme' })
  fc.assert(
    fc.property(fc.uniqueArray(id), (ids) => {
      const address = new URLSearchParams({ out: textOfIds(ids) }).toString()
      expect(idsOfText(new URLSearchParams(address).get('out'))).toEqual(ids)
    }),
  )
})

test('an address that was typed leaves nothing out that is no id', () => {
  expect(idsOfText(',%E0%A4%A,a,,')).toEqual(['a'])
  expect(idsOfText(null)).toEqual([])
})
