import fc from 'fast-check'
import { expect, test } from 'vitest'
import { destinationSchema } from './deliver-to.ts'
import { momentSchema } from './moment.ts'
import { lineSchema, textSchema } from './text.ts'

test.each(['\0', 'a\0', '\ud800', 'x\udfff', '\udc00\ud800'])('%j is not kept as it is, so it is no text', (given) => {
  expect(textSchema(10).safeParse(given).success).toBe(false)
})

test('any Unicode text is accepted, and comes out as it went in', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 0x10ffff })), (points) => {
      const given = String.fromCodePoint(...points.filter((point) => point < 0xd800 || point > 0xdfff))
      expect(textSchema(1_000).parse(given)).toBe(given)
    }),
  )
})

test('a line has no control character, and no end of a line', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.constantFrom('\r', '\n', '\t', '\u0007', '\u007f', '\u0085', '\u2028', '\u2029'),
      (given, control) => {
        expect(lineSchema(1_000).safeParse(`${given}${control}x`).success).toBe(false)
      },
    ),
  )
})

const webhook = (url: string) => destinationSchema.safeParse({ kind: 'webhook', url })

test.each([
  'https://hooks.example/a\r\nb',
  'https://hooks.example/\tx',
  'https://hooks.example/x\n',
  ' https://hooks.example/x',
  'https://hooks.example/a b',
  'https:hooks.example',
  'https:\\\\hooks.example',
  'https://hooks.example\\@x.example',
  'http://hooks.example/',
  'https://hooks.example/\u200b',
  'https://hooks.example/\ud800',
])('%j would be changed on its way, so it is no webhook address', (url) => {
  expect(webhook(url).error?.issues[0]?.path).toEqual(['url'])
})

test.each([22, 25, 110, 143, 465, 587, 993, 995, 6000])('port %i is another protocol’s', (port) => {
  expect(webhook(`https://hooks.example:${port}/x`).error?.issues[0]?.message).toContain('port')
})

test.each(['https://hooks.example/x?y=1&z', 'https://hooks.example:8443/', 'https://bücher.example/ø'])(
  '%s is kept as it was written',
  (url) => {
    expect(webhook(url).data).toEqual({ kind: 'webhook', url })
  },
)

test('the year 0 is in no calendar of the database', () => {
  expect(momentSchema.safeParse('0000-01-01T00:00:00Z').success).toBe(false)
  expect(momentSchema.safeParse('0001-01-01T00:00:00Z').success).toBe(true)
})
