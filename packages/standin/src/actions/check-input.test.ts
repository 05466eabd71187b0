import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { toRefusal } from '../refusal.ts'
import { checkInput } from './check-input.ts'

const input = z.object({
  days: z.int().default(7),
  machines: z.strictObject({ types: z.array(z.string()).optional() }).optional(),
  limits: z
    .array(z.object({ name: z.string(), most: z.number().nullable() }))
    .readonly()
    .default([]),
  to: z.union([z.object({ site: z.string() }), z.object({ group: z.string(), deep: z.boolean() })]).optional(),
  by: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('day'), day: z.int() }),
      z.object({ kind: z.literal('all') }),
    ])
    .optional(),
  names: z.record(z.string(), z.object({ en: z.string() })).optional(),
  pair: z.tuple([z.object({ a: z.int() }), z.object({ b: z.int() })]).optional(),
  both: z.intersection(z.object({ a: z.int() }), z.object({ b: z.int() })).optional(),
  since: z
    .string()
    .transform((text) => new Date(text))
    .optional(),
})
const refusalOf = (given: Record<string, unknown>) => {
  try {
    checkInput({ input }, given)
    return undefined
  } catch (error) {
    const { reason, issues } = toRefusal(error)
    return { reason, paths: issues?.map(({ path }) => path) }
  }
}

describe('invariant 25: what an action stores of an input', () => {
  test.for<{ given: Record<string, unknown>; paths?: string[] }>([
    { given: {} },
    { given: { days: 3, machines: { types: ['crane'] }, limits: [{ name: 'a', most: null }], since: '2026-01-01' } },
    { given: { size: 1 }, paths: ['size'] },
    { given: { days: 3, a: 1, b: 2 }, paths: ['a', 'b'] },
    { given: { limits: [{ name: 'a', most: 1, least: 'x'.repeat(1_000) }] }, paths: ['limits.0.least'] },
    { given: { to: { site: 's' }, by: { kind: 'day', day: 1 }, names: { x: { en: 'X' } } } },
    { given: { pair: [{ a: 1 }, { b: 2 }], both: { a: 1, b: 2 } } },
    { given: { to: { group: 'g', deep: true, x: 1 } }, paths: ['to.x'] },
    { given: { by: { kind: 'all', day: 1 } }, paths: ['by.day'] },
    { given: { names: { x: { en: 'X', da: 'Y' } } }, paths: ['names.x.da'] },
    { given: { pair: [{ a: 1, b: 1 }, { b: 2 }] }, paths: ['pair.0.b'] },
    { given: { both: { a: 1, b: 2, c: 3 } }, paths: ['both.c'] },
    { given: { constructor: 1 }, paths: ['constructor'] },
    { given: { days: 'x' }, paths: ['days'] },
  ])('$given', ({ given, paths }) => {
    expect(refusalOf(given)).toEqual(paths && { reason: 'INPUT_INVALID', paths })
  })

  test('an input that is too large is refused before it is parsed', () => {
    const types = Array.from({ length: 200 }, (_, nth) => `${nth}`.padStart(160, 'x'))
    expect(refusalOf({ machines: { types } })).toEqual({ reason: 'INPUT_TOO_LARGE', paths: undefined })
    expect(refusalOf({ machines: { types: types.slice(0, 190) } })).toBeUndefined()
  })

  test('an accepted input has nothing that the schema would drop', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('days', 'limits', 'a', '__proto__x'), fc.jsonValue({ maxDepth: 3 })),
        (given) => {
          if (refusalOf(given)) return
          const kept = input.parse(given)
          expect(Object.keys(kept)).toEqual(expect.arrayContaining(Object.keys(given)))
        },
      ),
      { numRuns: 200 },
    )
  })
})
