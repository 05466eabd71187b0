import { expect, test } from 'vitest'
import { createBareContext } from '../../test/bare-context.ts'
import { Secret } from '../config/secret.ts'
import { createAccountClient } from './account-client.ts'

function connect({ leftMs = 3_600_000, statuses = [] as number[] } = {}) {
  const ctx = createBareContext({ fetch: async () => new Response('{}', { status: statuses.shift() ?? 200 }) })
  const asked: Array<string | undefined> = []
  const account = { accountId: 'an account', isUrgent: true, signal: new AbortController().signal }
  const token = async (rejectedFingerprint?: string) => {
    asked.push(rejectedFingerprint)
    return { accessToken: new Secret('t'), fingerprint: `f${asked.length}`, leftMs }
  }
  const client = createAccountClient(ctx, { ...account, token }, { before: async () => {}, after: async () => {} })
  return { clock: ctx.clock, asked, get: () => client.get('/x') }
}

test('what a request waits for comes after its turn under the limits, and right before it', async () => {
  const order: string[] = []
  const ctx = createBareContext({
    fetch: async () => {
      order.push('request')
      return new Response('{}')
    },
  })
  const client = createAccountClient(
    ctx,
    {
      accountId: 'an account',
      isUrgent: true,
      signal: new AbortController().signal,
      token: async () => ({ accessToken: new Secret('t'), fingerprint: 'f', leftMs: 60_000 }),
      mayBegin: async () => void order.push('may begin'),
    },
    { before: async () => void order.push('limits'), after: async () => {} },
  )
  await client.post('/x', {})
  expect(order).toEqual(['limits', 'may begin', 'request'])
})

test('one token serves many requests', async () => {
  const { get, asked } = connect()
  await get()
  await get()
  expect(asked).toEqual([undefined])
})

test('a minute later it is asked for again, so that an uninstall is noticed', async () => {
  const { get, asked, clock } = connect()
  await get()
  clock.advance(60_000)
  await get()
  expect(asked).toHaveLength(2)
})

test('a short one is asked for again at half of what is left', async () => {
  const { get, asked, clock } = connect({ leftMs: 24_000 })
  await get()
  clock.advance(11_999)
  await get()
  clock.advance(1)
  await get()
  expect(asked).toHaveLength(2)
})

test('invariant 15: a refused one is replaced, and the new one serves on', async () => {
  const { get, asked } = connect({ statuses: [401] })
  await get()
  await get()
  expect(asked).toEqual([undefined, 'f1'])
})
