import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createServiceKey, digestOfPresentedKey } from './service-key.ts'

test('a new key has the documented form, and is found by its digest', () => {
  for (let round = 0; round < 200; round++) {
    const { id, key, digest } = createServiceKey()
    expect(key.reveal()).toMatch(/^sk_standin_[0-9a-f]{12}_[\w-]{50}$/)
    expect(key.reveal().split('_')[2]).toBe(id)
    expect(digestOfPresentedKey(key.reveal())).toBe(digest)
    expect(`${digest} ${JSON.stringify({ key })}`).not.toContain(key.reveal().slice(11))
  }
})

test('no two keys are alike', () => {
  const keys = Array.from({ length: 500 }, () => createServiceKey())
  expect(new Set(keys.map(({ id }) => id)).size).toBe(500)
  expect(new Set(keys.map(({ digest }) => digest)).size).toBe(500)
})

test('a typo is noticed without a lookup: one character changed, added or missing, or two swapped', () => {
  fc.assert(
    fc.property(fc.nat({ max: 72 }), fc.constantFrom(...'abcXYZ019-_'), (place, character) => {
      const key = createServiceKey().key.reveal()
      const index = place % key.length
      const replaced = `${key.slice(0, index)}${character}${key.slice(index + 1)}`
      const swapped = `${key.slice(0, index)}${key[index + 1] ?? ''}${key[index]}${key.slice(index + 2)}`
      const shorter = `${key.slice(0, index)}${key.slice(index + 1)}`
      const longer = `${key.slice(0, index)}${character}${key.slice(index)}`
      for (const typo of [replaced, swapped, shorter, longer])
        expect(digestOfPresentedKey(typo) !== undefined, typo).toBe(typo === key)
    }),
  )
})

test('text that is not a key has no digest', () => {
  fc.assert(fc.property(fc.string(), (text) => digestOfPresentedKey(text) === undefined))
  const key = createServiceKey().key.reveal()
  for (const text of [`${key}\n`, ` ${key}`, key.replace('sk_standin', 'sk_other'), key.toUpperCase()])
    expect(digestOfPresentedKey(text)).toBeUndefined()
})
