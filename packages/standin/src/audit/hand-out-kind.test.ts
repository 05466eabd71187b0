import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textOf, textWith } from './audit-mac.ts'
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

test('invariant 18: hand-outs of one kind are signed as each would be alone, and different ones never share a kind', () => {
  const kindOf = createHandOutKinds()
  fc.assert(
    fc.property(handOuts, handOuts, (one, other) => {
      const isSame = JSON.stringify(one) === JSON.stringify(other)
      expect(kindOf(one) === kindOf(other)).toBe(isSame)

      const identity = { entryId: '0194f0a0-0000-7000-8000-000000000001', at: new Date('2026-03-01T11:00:00.123Z') }
      const { accountId, generation, scopeKey, fingerprint, serviceKeyId = null, receiver } = one
      const alone = textOf({
        ...{ ...identity, actorKind: receiver.kind, actorId: receiver.id, actorName: null, event: 'token.issued' },
        ...{ accountId, generation, details: { scopes: scopeKey.split(' '), fingerprint, key: serviceKeyId } },
      })
      expect(textWith(kindOf(one).said, identity)).toBe(alone)
    }),
    { numRuns: 500 },
  )
})
