import { expect, test } from 'vitest'
import { formatMessage } from './format-message.ts'

// '{count, plural, one {# maskine} other {# maskiner}} på {site}', compiled.
const messages = { found: [['count', 2, { one: [0, ' maskine'], other: [0, ' maskiner'] }], ' på ', ['site']] }
const found = (count: number) => ({
  text: `${count} machines at Nordhavn`,
  key: 'found',
  values: { count, site: 'Nordhavn' },
})

test('a message is formatted in the reader’s language', () => {
  expect(formatMessage(found(1), { messages, language: 'da' })).toBe('1 maskine på Nordhavn')
  expect(formatMessage(found(1_284), { messages, language: 'da' })).toBe('1.284 maskiner på Nordhavn')
})

test('a key that the language lacks is shown in English, and plain text as it is', () => {
  expect(formatMessage(found(3), { messages: {}, language: 'da' })).toBe('3 machines at Nordhavn')
  expect(formatMessage({ ...found(3), key: 'constructor' }, { messages: {}, language: 'da' })).toMatch(/^3 machines/)
  expect(formatMessage('Nordhavn', { messages, language: 'da' })).toBe('Nordhavn')
})

test('several messages are formatted one by one', () => {
  const several = { text: '', parts: [found(1), 'Site 1'] }
  expect(formatMessage(several, { messages, language: 'da' })).toBe('1 maskine på Nordhavn, Site 1')
})
