import { accountNameSchema } from '@standin/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { accountNameToSend } from './account-name-to-send.ts'

test('whatever Manager calls an account, the server takes its name, and an empty one is left out', () => {
  const unit = fc.constantFrom('a', 'ø', ' ', '\n', '\0', '\u0085', '\u2028', '\ud83d', '\ude9c', '🚜')
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 300 }), (units) => {
      const name = units.join('')
      const sent = accountNameToSend(name)
      if (sent !== undefined) expect(accountNameSchema.safeParse(sent).success).toBe(true)
    }),
  )
  expect(accountNameToSend(`${'a'.repeat(119)}🚜`)).toHaveLength(120)
  expect(accountNameToSend(' Nordvang\n Entreprenør A/S ')).toBe('Nordvang Entreprenør A/S')
  expect(accountNameToSend(' \u2028')).toBeUndefined()
  expect(accountNameToSend(undefined)).toBeUndefined()
})
