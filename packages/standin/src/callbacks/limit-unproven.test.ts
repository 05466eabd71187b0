import { credentialStateSchema } from '@standin/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ReceivedCredentials } from './callback-decision.ts'
import { limitUnproven, mostUnprovenOfAccount } from './limit-unproven.ts'

const at = new Date('2025-03-01T12:00:00Z')
const anyRow = fc.record({
  state: fc.constantFrom(...credentialStateSchema.options),
  bound: fc.boolean(),
  provenAt: fc.constantFrom(null, at),
  triedAt: fc.constantFrom(null, at),
  rank: fc.nat(3),
})
const anyAccount = fc
  .array(anyRow, { maxLength: 80 })
  .map((rows) => rows.map((row, index) => ({ ...row, generation: rows.length - index }) as ReceivedCredentials))
const mayBeDropped = ({ bound, provenAt }: ReceivedCredentials) => !bound && provenAt === null

test('invariant 25: an account keeps few credentials that are neither proven nor bound, and all others', () => {
  fc.assert(
    fc.property(anyAccount, (credentials) => {
      const kept = limitUnproven(credentials)
      const [newest] = credentials.filter(mayBeDropped)
      expect(kept.filter(mayBeDropped)).toHaveLength(
        Math.min(mostUnprovenOfAccount, credentials.filter(mayBeDropped).length),
      )
      expect(kept.filter((row) => !mayBeDropped(row))).toEqual(credentials.filter((row) => !mayBeDropped(row)))
      if (newest) expect(kept).toContain(newest)
      expect(limitUnproven(kept)).toEqual(kept)
    }),
  )
})

const pending = (generation: number, change: Partial<ReceivedCredentials> = {}) =>
  ({
    state: 'pending',
    bound: false,
    provenAt: null,
    triedAt: null,
    rank: 0,
    generation,
    ...change,
  }) as ReceivedCredentials

test('what was tried stays before what its JWT brought after others: Trackunit may take long to switch it on', () => {
  const others = Array.from({ length: mostUnprovenOfAccount }, (_, index) => pending(50 - index, { rank: 20 - index }))
  const genuine = pending(1, { triedAt: at })
  expect(limitUnproven([...others, genuine])).toContain(genuine)
})

test.each<[string, Partial<ReceivedCredentials>]>([
  ['what Trackunit refused', { state: 'rejected', triedAt: at }],
  ['what an older install superseded', { state: 'superseded' }],
  ['what was tried', { triedAt: at }],
  ['what its JWT brought after others', { rank: 1 }],
])('%s is dropped before older ones that may still work', (_title, change) => {
  const others = Array.from({ length: mostUnprovenOfAccount - 1 }, (_, index) => pending(50 - index))
  const credentials = [pending(60), pending(55, change), ...others]
  expect(limitUnproven(credentials).map(({ generation }) => generation)).toEqual([
    60,
    ...others.map((row) => row.generation),
  ])
})
