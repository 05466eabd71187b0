import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasGrown } from './has-grown.ts'

const allowed = { share: 0.1, units: 5 }
const of = (value: (index: number) => number, length = 100) => Array.from({ length }, (_, index) => value(index))
/** Up to 40 above a low that garbage collection comes back to. */
const sawtooth = (index: number) => (index * 7) % 41

test.for([
  ['what stays', of(() => 200), false],
  ['what goes up and down', of((index) => 200 + sawtooth(index)), false],
  ['what rises at first and then stays', of((index) => 200 + Math.min(index, 15) * 10), false],
  ['what falls', of((index) => 300 - index), false],
  ['what rises by less than is allowed', of((index) => 200 + index / 10), false],
  ['a peak in the middle', of((index) => (index > 50 && index < 60 ? 900 : 200)), false],
  ['what rises a little all the time', of((index) => 200 + index), true],
  ['the same under what goes up and down', of((index) => 200 + index + sawtooth(index)), true],
  ['what rises late, and stays there', of((index) => (index < 70 ? 200 : 300)), true],
  ['a few handles, one after the other', of((index) => 20 + Math.floor(index / 10)), true],
] as const)('%s has grown: %s', ([, series, grown]) => expect(hasGrown(series, allowed)).toBe(grown))

test('whatever noise is above it, a steady rise is seen, and none is not', () => {
  const noises = fc.array(fc.double({ min: 0, max: 30, noNaN: true }), { minLength: 100, maxLength: 100 })
  fc.assert(
    fc.property(noises, fc.integer({ min: 50, max: 1_000 }), (noise, low) => {
      // Each part comes down to its low at least once.
      const above = noise.map((each, index) => (index % 10 === 0 ? 0 : each))
      expect(
        hasGrown(
          above.map((each, index) => low + each + (index * low) / 100),
          allowed,
        ),
      ).toBe(true)
      expect(
        hasGrown(
          above.map((each) => low + each),
          allowed,
        ),
      ).toBe(false)
    }),
  )
})

test('a few values say nothing', () => expect(() => hasGrown([1, 2, 3], allowed)).toThrow('3 values'))
