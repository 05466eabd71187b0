import { describe, expect, test } from 'vitest'
import { createFlights } from './flights.ts'

describe('invariant 11: in one process, one exchange at a time for a key', () => {
  test('callers that ask during the work get the same outcome', async () => {
    const flights = createFlights<string>()
    const answer = Promise.withResolvers<string>()
    let exchanges = 0
    const ask = () =>
      flights.join('key', () => {
        exchanges++
        return answer.promise
      })

    const all = Promise.all(Array.from({ length: 50 }, ask))
    answer.resolve('token')

    expect(new Set(await all)).toEqual(new Set(['token']))
    expect(exchanges).toBe(1)
  })

  test('a failure reaches all callers, and the next caller starts again', async () => {
    const flights = createFlights<string>()
    const answer = Promise.withResolvers<string>()
    const all = Promise.allSettled(Array.from({ length: 10 }, () => flights.join('key', () => answer.promise)))
    answer.reject(new Error('down'))

    expect((await all).map(({ status }) => status)).toEqual(Array(10).fill('rejected'))
    await expect(flights.join('key', async () => 'again')).resolves.toBe('again')
  })

  test('different keys do not wait for each other', async () => {
    const flights = createFlights<string>()
    const never = new Promise<string>(() => {})
    void flights.join('one', () => never)

    await expect(flights.join('other', async () => 'token')).resolves.toBe('token')
  })
})
