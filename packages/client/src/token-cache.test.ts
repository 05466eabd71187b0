import { describe, expect, test } from 'vitest'
import { createTokenCache } from './token-cache.ts'

const issued = (accessToken: string, cacheForMs: number) => ({
  accessToken,
  tokenType: 'Bearer' as const,
  expiresAt: '2026-11-24T09:00:00Z',
  expiresInMs: 3_600_000,
  cacheForMs,
  scopes: ['asset.view'],
})

describe('the token cache', () => {
  test('sends one request for any number of concurrent callers', async () => {
    const cache = createTokenCache(() => 0, 10)
    const gate = Promise.withResolvers<void>()
    let asked = 0
    const ask = async () => {
      asked++
      await gate.promise
      return issued('t1', 1_000)
    }

    const callers = Array.from({ length: 50 }, () => cache.get('a', ask))
    gate.resolve()

    expect(new Set((await Promise.all(callers)).map((token) => token.accessToken))).toEqual(new Set(['t1']))
    expect(asked).toBe(1)
  })

  test('measures a token’s life from before the request', async () => {
    let now = 0
    const cache = createTokenCache(() => now, 10)
    const slow = async () => {
      now += 400
      return issued('slow', 1_000)
    }
    await cache.get('a', slow)

    now = 999
    expect((await cache.get('a', async () => issued('new', 1_000))).accessToken).toBe('slow')
    now = 1_000
    expect((await cache.get('a', async () => issued('new', 1_000))).accessToken).toBe('new')
  })

  test('stores no failures, and at most its maximum of entries', async () => {
    const cache = createTokenCache(() => 0, 2)
    await expect(cache.get('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down')

    let asked = 0
    const ask = async () => {
      asked++
      return issued('t', 1_000)
    }
    for (const key of ['a', 'b', 'c', 'b', 'c']) await cache.get(key, ask)
    expect(asked).toBe(3)
    await cache.get('a', ask)
    expect(asked).toBe(4)
  })

  test('never re-uses a token beyond its life, whatever the server allows', async () => {
    let now = 0
    const cache = createTokenCache(() => now, 10)
    await cache.get('a', async () => ({ ...issued('short', 300_000), expiresInMs: 50 }))

    now = 50
    expect((await cache.get('a', async () => issued('new', 1_000))).accessToken).toBe('new')
  })

  test('a refused token is replaced with one request for all callers, or none if a newer one is there', async () => {
    const cache = createTokenCache(() => 0, 10)
    await cache.get('a', async () => issued('t1', 1_000))
    const gate = Promise.withResolvers<void>()
    let asked = 0
    const ask = async () => {
      asked++
      await gate.promise
      return issued('t2', 1_000)
    }

    const callers = Array.from({ length: 100 }, () => cache.replace('a', 't1', ask))
    const bystander = cache.get('a', ask)
    gate.resolve()

    for (const token of await Promise.all([...callers, bystander])) expect(token.accessToken).toBe('t2')
    expect((await cache.replace('a', 't1', ask)).accessToken).toBe('t2')
    expect(asked).toBe(1)
  })
})
