import type { Message } from '@standin/client'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { messagesOf } from './late-words.ts'

const known = { found: 'Gefunden' }
const text = fc.constantFrom('Found', 'Fuel low', 'Read 4 machines.')
const keyed = fc.record({ text, key: fc.constantFrom('found', 'low'), values: fc.constant({}) })
const message: fc.Arbitrary<Message> = fc.oneof(
  text,
  keyed,
  fc.record({ text, parts: fc.array(fc.oneof(text, keyed), { minLength: 1, maxLength: 3 }) }),
)
const hasKey = (one: Message): boolean =>
  typeof one !== 'string' && ('parts' in one ? one.parts.some(hasKey) : Object.hasOwn(known, one.key))
const listOf = (messages: Record<string, string>) => ({ actions: [{ id: 'list', messages }] }) as never

test('on a German page, what an action says is marked as English unless some of it is in German', () => {
  fc.assert(
    fc.property(message, (said) => {
      const { ofAction, langOf } = messagesOf(listOf(known), 'de')
      const words = ofAction('list', said)
      expect(langOf(words)).toBe(hasKey(said) ? undefined : 'en')
      // A sentence gets its full stop, or loses it, on its way to the page.
      expect(langOf(`${words.replace(/\.$/, '')}.`)).toBe(langOf(words))
      expect(langOf('Ort')).toBe(undefined)
    }),
  )
})

test('on an English page nothing is marked', () => {
  const { ofAction, langOf } = messagesOf(listOf({}), 'en-GB')
  expect(langOf(ofAction('list', 'Found'))).toBe(undefined)
})
