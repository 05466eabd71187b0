import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createHandOutKinds, type HandOut } from './hand-out-kind.ts'

const word = fc.constantFrom('a', 'a b', 'b', '')
const handOuts: fc.Arbitrary<HandOut> = fc.record({
  accountId: fc.constantFrom('6b5cb246-7945-4bb6-bec5-2a1413ffd1b3', 'c2a4e3d7-9b1f-4a57-8d3e-7f21b6c0a9e4'),
  generation: fc.integer({ min: 1, max: 2 }),
  scopeKey: word,
  fingerprint: fc.constantFrom('f', 'g'),
  serviceKeyId: fc.constantFrom('k', undefined),
  restsOn: fc.constantFrom(['m'], ['m', 'n'], []),
  receiver: fc.record({ kind: fc.constantFrom('service' as const, 'system' as const), id: word }),
})

test('invariant 18: hand-outs share a kind, and what is signed of it, only where nothing of them differs', () => {
  const kindOf = createHandOutKinds()
  fc.assert(
    fc.property(handOuts, handOuts, (one, other) => {
      const isSame = JSON.stringify(one) === JSON.stringify(other)
      expect(kindOf(one) === kindOf(other)).toBe(isSame)

      const withoutRights = ({ restsOn: _, ...said }: HandOut) => JSON.stringify(said)
      expect(kindOf(one).content === kindOf(other).content).toBe(withoutRights(one) === withoutRights(other))
    }),
    { numRuns: 500 },
  )
})
