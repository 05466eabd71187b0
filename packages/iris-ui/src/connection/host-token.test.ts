import { describe, expect, test } from 'vitest'
import { createHostToken, SignedOutError } from './host-token.ts'

const tokenUntil = (expiresAtS: number) => `h.${btoa(JSON.stringify({ exp: expiresAtS }))}.s`

describe('the host token', () => {
  test('is kept until 30 s before it expires, then renewed', async () => {
    let nowMs = 0
    let asked = 0
    const token = createHostToken(
      async () => {
        asked++
        return tokenUntil(asked * 300)
      },
      () => nowMs,
    )
    await token.bearer()
    nowMs = 269_999
    expect(await token.bearer()).toBe(tokenUntil(300))
    expect(asked).toBe(1)

    nowMs = 270_000
    expect(await token.bearer()).toBe(tokenUntil(600))
  })

  test('is requested once for any number of concurrent requests', async () => {
    const gate = Promise.withResolvers<string>()
    let asked = 0
    const token = createHostToken(
      () => {
        asked++
        return gate.promise
      },
      () => 0,
    )
    const callers = [token.bearer(), token.bearer(), token.bearer()]
    gate.resolve('opaque')
    expect(await Promise.all(callers)).toEqual(['opaque', 'opaque', 'opaque'])
    expect(asked).toBe(1)
  })

  test('is renewed after a refusal, and every time if its expiry is unreadable', async () => {
    const given = [tokenUntil(300), 'opaque', 'opaque again']
    const token = createHostToken(
      async () => given.shift() ?? 'none left',
      () => 0,
    )
    expect(await token.bearer()).toBe(tokenUntil(300))
    token.forget()
    expect(await token.bearer()).toBe('opaque')
    expect(await token.bearer()).toBe('opaque again')
  })

  test('says that the user is signed out when the host gives none, and asks again next time', async () => {
    let works = false
    const token = createHostToken(
      async () => {
        if (!works) throw new Error('no session')
        return 'fresh'
      },
      () => 0,
    )
    await expect(token.bearer()).rejects.toBeInstanceOf(SignedOutError)
    works = true
    expect(await token.bearer()).toBe('fresh')
  })
})
