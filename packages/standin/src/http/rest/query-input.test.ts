import { type ProcedureContract, procedures } from '@standin/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { z } from 'zod'
import { inputOfQuery } from './query-input.ts'

const { result, list } = procedures.run
const read = (contract: ProcedureContract, query: string) =>
  inputOfQuery(new URLSearchParams(query), (contract.input as z.ZodObject).shape)

/** As OpenAPI's `form` and `deepObject` write it. */
function queryOf(input: object): string {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(input)) {
    if (Array.isArray(value)) for (const each of value) query.append(key, String(each))
    else if (typeof value === 'object' && value !== null)
      for (const [name, each] of Object.entries(value)) query.append(`${key}[${name}]`, String(each))
    else if (value !== undefined) query.append(key, String(value))
  }
  return query.toString()
}

const name = fc.stringMatching(/^[a-z][a-zA-Z0-9_-]{0,20}$/)
const area = fc.record({
  south: fc.nat(45),
  west: fc.nat(90),
  north: fc.nat(90),
  east: fc.integer({ min: -180, max: 180 }),
})
const results = fc.record(
  {
    search: fc.string({ maxLength: 50, unit: 'grapheme' }),
    onlyNew: fc.boolean(),
    filter: fc.dictionary(name, fc.string({ maxLength: 50 }), { minKeys: 1, noNullPrototype: true }),
    within: fc.oneof(area, fc.constant('nowhere')),
    sort: fc.record({ key: name, descending: fc.boolean() }),
    offset: fc.nat(10_000_000),
    cursor: name,
    limit: fc.integer({ min: 1, max: 100 }),
  },
  { requiredKeys: [] },
)
const lists = fc.record(
  { actionId: name, states: fc.array(fc.constantFrom('queued', 'failed'), { minLength: 1 }), limit: fc.nat(100) },
  { requiredKeys: [] },
)

test('an input reads as it was written, whatever its texts look like', () => {
  const isReadBack = (contract: ProcedureContract) => (input: object) => {
    expect(read(contract, queryOf(input))).toEqual(input)
  }
  fc.assert(fc.property(results, isReadBack(result)))
  fc.assert(fc.property(lists, isReadBack(list)))
})

test.each([
  ['text that looks like a number', 'search=12&filter[site]=7', { search: '12', filter: { site: '7' } }],
  ['a number that is none', 'limit=ten', { limit: 'ten' }],
  ['a number that is too long to be exact', 'limit=1234567890123456789', { limit: '1234567890123456789' }],
  ['a field that is not known', 'page=2&x[y]=1', { page: '2', x: { y: '1' } }],
  ['a value that is given twice', 'limit=1&limit=2', { limit: ['1', '2'] }],
  ['a value and an object', 'sort=a&sort[key]=b', { sort: { key: 'b' } }],
])('%s is left to the schema', (_what, query, input) => expect(read(result, query)).toEqual(input))

test('reaches no prototype', () => {
  const input = read(result, '__proto__[x]=1&filter[__proto__]=2&constructor[prototype]=3')
  expect(Object.getPrototypeOf(input)).toBe(Object.prototype)
  expect(Object.keys(input)).toEqual(['__proto__', 'filter', 'constructor'])
  expect(({} as { x?: string }).x).toBeUndefined()
})

test('invariant 25: the longest query that a request can have is read at once', () => {
  const longest = 16 * 1024
  const queries = [
    (nth: number) => `filter[${nth.toString(36)}]=`,
    (nth: number) => `x[${nth.toString(36)}]=`,
    (nth: number) => `${nth.toString(36)}=`,
    () => 'states=queued',
  ].map((field) =>
    Array.from({ length: longest / 4 }, (_, nth) => field(nth))
      .join('&')
      .slice(0, longest),
  )
  const startedAtMs = performance.now()
  for (let again = 0; again < 5; again++) for (const query of queries) read(result, query)
  // Less than half a second; half a minute if each field is compared with all others.
  expect(performance.now() - startedAtMs).toBeLessThan(5_000)
})
