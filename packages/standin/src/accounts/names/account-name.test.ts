import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyText } from '../../../test/any-text.ts'
import { printable } from '../../operator/terminal.ts'
import { accountNameSchema } from './account-name.ts'

test.each([
  ['  Acme \t Rental  ', 'Acme Rental'],
  ['Bjørn & Søn Maskinudlejning A/S', 'Bjørn & Søn Maskinudlejning A/S'],
  ['A\u030akjær', 'Åkjær'],
  ['株式会社レンタル', '株式会社レンタル'],
  ['x'.repeat(80), 'x'.repeat(80)],
])('%j is kept as %j', (given, kept) => {
  expect(accountNameSchema.parse(given)).toBe(kept)
})

test.each([
  ['nothing', ' \n '],
  ['81 characters', 'x'.repeat(81)],
  ['a colour', '\u001b[31mAcme'],
  ['a line above the one before', 'Acme\u0008'],
  ['a text that reads backwards', 'Acme \u202egnihtyna'],
  ['something invisible', 'Ac\u200bme'],
  ['half a character', 'Acme \ud800'],
])('%s is no name', (_title, given) => {
  expect(accountNameSchema.safeParse(given).success).toBe(false)
})

test('whatever is accepted is printed as it is, in one line, and is accepted again as the same', () => {
  fc.assert(
    fc.property(anyText({ maxLength: 100 }), (text) => {
      const { data: name } = accountNameSchema.safeParse(text)
      fc.pre(name !== undefined)
      expect(printable(name, 80)).toBe(name)
      expect(name).not.toMatch(/[\r\n\u2028\u2029]/)
      expect(accountNameSchema.parse(name)).toBe(name)
    }),
  )
})
