import { expect, test } from 'vitest'
import { printable } from './terminal.ts'

test.for([
  { title: 'colours', text: '\u001b[31mred', shown: '?[31mred' },
  { title: 'line breaks', text: 'a\r\nb', shown: 'a??b' },
  { title: 'eight-bit controls', text: 'a\u009bb', shown: 'a?b' },
  { title: 'reversed text', text: 'a\u202eb\u2066c', shown: 'a?b?c' },
  { title: 'plain text', text: 'Größe 12 – ok', shown: 'Größe 12 – ok' },
])('text from outside is made safe for a terminal: $title', ({ text, shown }) => {
  expect(printable(text)).toBe(shown)
})

test('long text from outside is truncated', () => {
  expect(printable('x'.repeat(500))).toHaveLength(200)
  expect(printable('x'.repeat(500), 64)).toHaveLength(64)
})
