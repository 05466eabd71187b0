import { credentialStateSchema } from '@standin/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ReceivedCredentials } from './callback-decision.ts'
import { giveWay, mostUnprovenOfAccount } from './give-way.ts'

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
const mayGiveWay = ({ bound, provenAt }: ReceivedCredentials) => !bound && provenAt === null

test('invariant 25: an account keeps few credentials that are neither proven nor bound, and all others', () => {
  fc.assert(
    fc.property(anyAccount, (credentials) => {
      const kept = giveWay(credentials)
      const [newest] = credentials.filter(mayGiveWay)
      expect(kept.filter(mayGiveWay)).toHaveLength(
        Math.min(mostUnprovenOfAccount, credentials.filter(mayGiveWay).length),
      )
      expect(kept.filter((row) => !mayGiveWay(row))).toEqual(credentials.filter((row) => !mayGiveWay(row)))
      if (newest) expect(kept).toContain(newest)
      expect(giveWay(kept)).toEqual(kept)
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
  expect(giveWay([...others, genuine])).toContain(genuine)
})

test.each<[string, Partial<ReceivedCredentials>]>([
  ['what Trackunit refused', { state: 'rejected', triedAt: at }],
  ['what an older install superseded', { state: 'superseded' }],
  ['what was tried', { triedAt: at }],
  ['what its JWT brought after others', { rank: 1 }],
])('%s gives way before older ones that may still work', (_title, change) => {
  const others = Array.from({ length: mostUnprovenOfAccount - 1 }, (_, index) => pending(50 - index))
  const credentials = [pending(60), pending(55, change), ...others]
  expect(giveWay(credentials).map(({ generation }) => generation)).toEqual([60, ...others.map((row) => row.generation)])
})
