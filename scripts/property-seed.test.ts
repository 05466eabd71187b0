import fc from 'fast-check'
import { expect, inject, test, vi } from 'vitest'
import { propertySeed } from './property-seed.ts'

test('every property takes the seed of the commit', () => {
  vi.stubEnv('PROPERTY_SEED', undefined) // Whoever asks for another one still runs this test.
  expect(propertySeed()).toBe(propertySeed())
  expect(fc.readConfigureGlobal()).toMatchObject({ seed: inject('propertySeed') })
})

test.each([
  ['7', 7],
  ['-3', -3],
])('and %s instead when that is asked for', (asked, seed) => expect(propertySeed(asked)).toBe(seed))

test('or one that nobody knows before', () => expect(propertySeed('random')).not.toBe(propertySeed('random')))
