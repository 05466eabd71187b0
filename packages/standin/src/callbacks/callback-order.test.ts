import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { comparePositions } from '../accounts/credential-order.ts'
import { callbackPosition, contentDigest } from './callback-order.ts'

const positions = fc
  .record({
    kind: fc.constantFrom('INSTALLED' as const, 'UNINSTALLED' as const),
    at: fc.integer({ min: 0, max: 2 }), // Few moments, so that many are equal.
    content: fc.string({ maxLength: 2 }),
  })
  .map(({ kind, at, content }) => callbackPosition(kind, new Date(at * 1_000), contentDigest([content])))

describe('invariant 2: the order of callbacks is total', () => {
  test('any two have an order, and swapping them reverses it', () => {
    fc.assert(
      fc.property(positions, positions, (left, right) => {
        expect(Math.sign(comparePositions(left, right))).toBe(-Math.sign(comparePositions(right, left)) || 0)
        const isSame = left.issuedAt.getTime() === right.issuedAt.getTime() && left.tieBreak === right.tieBreak
        expect(comparePositions(left, right) === 0).toBe(isSame)
      }),
    )
  })

  test('it is transitive: sorting gives one order, whatever the order of arrival', () => {
    fc.assert(
      fc.property(
        fc
          .array(positions, { maxLength: 8 })
          .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          expect([...all].sort(comparePositions)).toEqual([...shuffled].sort(comparePositions))
        },
      ),
    )
  })

  test('at the same moment an UNINSTALLED comes after every INSTALLED', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.date({ noInvalidDate: true }), (one, other, at) => {
        const installed = callbackPosition('INSTALLED', at, contentDigest([one]))
        const uninstalled = callbackPosition('UNINSTALLED', at, contentDigest([other]))
        expect(comparePositions(installed, uninstalled)).toBeLessThan(0)
      }),
    )
  })

  test('time comes before everything else', () => {
    const early = callbackPosition('UNINSTALLED', new Date(1), contentDigest(['z']))
    const late = callbackPosition('INSTALLED', new Date(2), contentDigest(['a']))
    expect(comparePositions(early, late)).toBeLessThan(0)
  })
})

test('a digest depends on where one part ends and the next begins', () => {
  expect(contentDigest(['ab', 'c'])).not.toBe(contentDigest(['a', 'bc']))
  expect(contentDigest(['a","b'])).not.toBe(contentDigest(['a', 'b']))
  expect(contentDigest(['a', 'b'])).toBe(contentDigest(['a', 'b']))
})
