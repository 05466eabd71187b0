import { expect, test } from 'vitest'
import { Secret } from '../config/secret.ts'
import { createTokenCache } from './token-cache.ts'

const token = (fingerprint: string, generation = 1) => ({
  accessToken: new Secret(fingerprint),
  fingerprint,
  generation,
  lifetimeMs: 1_000,
  endsAtMs: 1_000,
})
const of = (accountId: string, { scopeKey = 's', generation = 1 } = {}) => ({ accountId, scopeKey, generation })

test('invariant 12: a token is found by its whole identity alone, and the one of another generation takes its place', () => {
  const cache = createTokenCache()
  cache.set(of('a'), token('one'))
  cache.set(of('a', { scopeKey: 's t' }), token('wider'))

  expect(cache.get(of('a'))?.fingerprint).toBe('one')
  expect(cache.get(of('a', { scopeKey: 's t' }))?.fingerprint).toBe('wider')
  for (const other of [of('b'), of('a', { scopeKey: 't' }), of('a', { generation: 2 })])
    expect(cache.get(other)).toBeUndefined()

  cache.set(of('a'), token('two', 2))
  expect(cache.get(of('a'))).toBeUndefined()
  expect(cache.get(of('a', { generation: 2 }))?.fingerprint).toBe('two')
})

test('the least used are dropped, and can come again', () => {
  const cache = createTokenCache({ maxTokens: 2 })
  for (const account of ['a', 'b', 'c']) cache.set(of(account), token(account))
  expect(['a', 'b', 'c'].map((account) => cache.get(of(account))?.fingerprint)).toEqual([undefined, 'b', 'c'])
  cache.set(of('a'), token('again'))
  expect(['a', 'b', 'c'].map((account) => cache.get(of(account))?.fingerprint)).toEqual(['again', undefined, 'c'])
})

test('what is older than a token that others brought is forgotten, of that account alone', () => {
  const cache = createTokenCache()
  for (const [account, scopeKey] of [
    ['a', 's'],
    ['a', 't'],
    ['b', 's'],
  ] as const)
    cache.set({ accountId: account, scopeKey }, token(`${account}${scopeKey}`))

  cache.forgetOlder('a', 'as')
  expect(cache.get(of('a', { scopeKey: 't' }))?.fingerprint).toBe('at')
  cache.forgetOlder('a', 'new')
  expect([cache.get(of('a')), cache.get(of('a', { scopeKey: 't' }))]).toEqual([undefined, undefined])
  expect(cache.get(of('b'))?.fingerprint).toBe('bs')
})
