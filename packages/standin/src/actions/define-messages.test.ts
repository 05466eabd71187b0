import { formatMessage } from '@standin/client'
import { expect, test } from 'vitest'
import { defineMessages, together } from './define-messages.ts'

const { say, catalogue } = defineMessages({
  en: {
    done: 'Done',
    found: '{count, plural, =0 {None} one {# machine} other {# machines}} of {total, number} at {site}.',
  },
  da: {
    title: 'Tæl maskiner',
    done: 'Færdig',
    found: '{count, plural, =0 {Ingen} one {# maskine} other {# maskiner}} af {total, number} på {site}.',
  },
})

test('a message carries its key, its values and the English', () => {
  expect(say('found', { count: 1, total: 1_284, site: 'Nordhavn' })).toEqual({
    text: '1 machine of 1,284 at Nordhavn.',
    key: 'found',
    values: { count: 1, total: 1_284, site: 'Nordhavn' },
  })
  expect(say('done')).toEqual({ text: 'Done', key: 'done', values: {} })
})

test('the app formats it from the compiled catalogue, which is plain JSON', () => {
  const sent = JSON.parse(JSON.stringify(catalogue.da))
  const message = JSON.parse(JSON.stringify(say('found', { count: 0, total: 1_284, site: 'Nordhavn' })))
  expect(formatMessage(message, { messages: sent, language: 'da' })).toBe('Ingen af 1.284 på Nordhavn.')
})

test('several messages can be joined into one', () => {
  expect(together([say('done'), 'Site 1'])).toEqual({ text: 'Done, Site 1', parts: [say('done'), 'Site 1'] })
})

test('a mistake in a message stops the start, with the message named', () => {
  expect(() => defineMessages({ en: { a: '{count, plural, one {#}' } })).toThrow('Messages in "en": "a" is not ICU')
  const other = { en: { a: 'A', b: 'B' }, da: { a: 'A' } } as unknown as { en: { a: string; b: string } }
  expect(() => defineMessages(other as never)).toThrow('Messages in "da": "b" is missing.')
})

test('keys and values are checked at compile time', () => {
  // @ts-expect-error a value is missing
  const withoutValue = () => say('found', { count: 1, site: 'Nordhavn' })
  // @ts-expect-error there is no such message
  const withoutMessage = () => say('lost')
  expect([withoutValue, withoutMessage]).toHaveLength(2)
})
