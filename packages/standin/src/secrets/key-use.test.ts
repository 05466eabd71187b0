import { describe, expect, test } from 'vitest'
import type { KeyRing } from '../config/key-ring.ts'
import { type KeyUse, knownKeys, objectionsToRetiring, objectionsToWriting } from './key-use.ts'

const ring = (...kids: string[]) => kids.map((kid) => ({ kid, bytes: new Uint8Array(32) })) as unknown as KeyRing
const reader = (...reads: string[]) => ({ writes: reads[0] ?? '', reads })
const use = (change: Partial<Record<'ring' | 'readers', unknown>> & { rows?: Record<string, number> } = {}): KeyUse =>
  ({
    ring: ring('new', 'old'),
    readers: [reader('new', 'old'), reader('new', 'old')],
    ...change,
    rows: new Map(Object.entries(change.rows ?? { new: 7 })),
  }) as KeyUse

describe('invariant 9: a key is used for writing once every running replica has it', () => {
  test('all have it', () => {
    expect(objectionsToWriting(use(), 'new')).toEqual([])
    expect(objectionsToWriting(use({ readers: [] }), 'new')).toEqual([])
  })
  test('some lack it', () => {
    const readers = [reader('old'), reader('new', 'old'), reader('old')]
    expect(objectionsToWriting(use({ readers }), 'new')).toEqual([
      '2 of 3 running replicas lack the key "new": deploy it to all of them first.',
    ])
  })
})

describe('invariant 9: a key is retired once nothing needs it', () => {
  test('nothing needs it', () => {
    expect(objectionsToRetiring(use(), 'old')).toEqual([])
    expect(objectionsToRetiring(use({ ring: ring('new'), readers: [reader('new')] }), 'old')).toEqual([])
  })
  test.each<[string, KeyUse, RegExp]>([
    ['values need it', use({ rows: { new: 7, old: 3 } }), /^3 sealed values still need the key "old"/],
    ['a replica writes with it', use({ readers: [reader('old', 'new'), reader('new')] }), /^1 of 2 .* still write/],
    ['it is one’s own first', use({ ring: ring('old', 'new') }), /^The key "old" is the first/],
    ['a replica lacks another', use({ readers: [reader('other', 'old')] }), /^1 of 1 running replicas lack a key/],
  ])('%s', (_title, given, says) => {
    expect(objectionsToRetiring(given, 'old')).toEqual([expect.stringMatching(says)])
  })
  test('every reason is reported', () => {
    const all = use({ ring: ring('old'), readers: [reader('old')], rows: { old: 1, new: 1 } })
    expect(objectionsToRetiring(all, 'old')).toHaveLength(4)
  })
})

test('the known keys are those of this ring, of the replicas and of the values', () => {
  expect(knownKeys(use({ readers: [reader('third')], rows: { fourth: 1, '': 2 } }))).toEqual([
    'new',
    'old',
    'third',
    'fourth',
  ])
})
