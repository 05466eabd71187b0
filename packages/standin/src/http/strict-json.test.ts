import { describe, expect, test } from 'vitest'
import { toRefusal } from '../refusal.ts'
import { parseJson } from './strict-json.ts'

const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`

/** @returns the fields that a body is refused for, or what it is refused with */
function refusedFor(body: string | Uint8Array, lenient = false): unknown {
  try {
    parseJson(body, { lenient })
    return 'nothing'
  } catch (error) {
    const { status, issues, message } = toRefusal(error)
    expect(status).toBe(400)
    return issues?.map(({ path }) => path) ?? message
  }
}

describe('JSON is refused, with the field, never repaired', () => {
  test.each([
    { title: 'text with NUL', body: '{"a":{"b":"x\\u0000"}}', field: 'a.b' },
    { title: 'half of a surrogate pair', body: '{"a":["x","\\ud800"]}', field: 'a.1' },
    { title: 'a number that overflows', body: '{"a":{"b":1e999}}', field: 'a.b' },
    { title: 'a key with NUL', body: '{"a":{"\\u0000":1}}', field: 'a' },
    { title: 'a key that reaches a prototype', body: '{"a":{"__proto__":{"b":1}}}', field: 'a' },
    { title: 'a list of 30,000', body: `{"a":[${Array.from({ length: 30_000 }, () => 0)}]}`, field: 'a' },
  ])('$title', ({ body, field }) => {
    expect(refusedFor(body)).toEqual([field])
  })

  test('nesting, however deep', () => {
    expect(refusedFor(nested(31))).toBe('nothing')
    for (const levels of [33, 30_000]) expect(refusedFor(nested(levels))).toHaveLength(1)
  })

  test('bytes that are no UTF-8, and text that is no JSON', () => {
    expect(refusedFor(Buffer.from([0x22, 0xff, 0x22]))).toContain('not UTF-8')
    expect(refusedFor('{"a":1,}')).toContain('not JSON')
  })
})

test('where only known fields are kept, other text and numbers pass, but no nesting and no prototype', () => {
  expect(refusedFor('{"a":"x\\u0000","b":1e999}', true)).toBe('nothing')
  expect(refusedFor(nested(30_000), true)).toHaveLength(1)
  expect(refusedFor('{"__proto__":{}}', true)).toEqual([''])
})
