import { describe, expect, test } from 'vitest'
import { createProcessLease } from './exchange-lease.ts'

describe('invariant 11: one exchange at a time for a key', () => {
  test('whoever asks meanwhile gets the same outcome', async () => {
    const lease = createProcessLease()
    const answer = Promise.withResolvers<string>()
    let exchanges = 0
    const ask = () =>
      lease.run('key', () => {
        exchanges++
        return answer.promise
      })

    const all = Promise.all(Array.from({ length: 50 }, ask))
    answer.resolve('token')

    expect(new Set(await all)).toEqual(new Set(['token']))
    expect(exchanges).toBe(1)
  })

  test('a failure ends it for everyone as it ended for the first, and the next one starts anew', async () => {
    const lease = createProcessLease()
    const answer = Promise.withResolvers<string>()
    const all = Promise.allSettled(Array.from({ length: 10 }, () => lease.run('key', () => answer.promise)))
    answer.reject(new Error('down'))

    expect((await all).map(({ status }) => status)).toEqual(Array(10).fill('rejected'))
    await expect(lease.run('key', async () => 'again')).resolves.toBe('again')
  })

  test('keys do not wait for each other', async () => {
    const lease = createProcessLease()
    const never = new Promise<string>(() => {})
    void lease.run('one', () => never)

    await expect(lease.run('other', async () => 'token')).resolves.toBe('token')
  })
})
