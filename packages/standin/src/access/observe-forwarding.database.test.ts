import { expect, test } from 'vitest'
import { prepareAccessStacks } from '../../test/access-stack.ts'
import { createHttpServer } from '../http/http-server.ts'
import { listForwarded } from './forwarding-store.ts'
import { saveForwarding } from './observe-forwarding.ts'

const openStack = prepareAccessStacks()
const dayMs = 24 * 3_600_000

test.each<[string, number]>([
  ['none', 1],
  ['1', 0],
  ['loopback', 0],
  ['10.0.0.0/8', 1],
])('how requests were forwarded is counted for a day, without an address: TRUST_PROXY=%s', async (setting, ignored) => {
  const { ctx, dump } = await openStack({ environment: { TRUST_PROXY: setting } })
  const server = await createHttpServer(ctx)
  for (const [url, forwardedFor] of [
    ['/v1/token', '203.0.113.7'],
    ['/v1/token', undefined],
    ['/health/live', '203.0.113.7'],
  ] as const)
    await server.inject({ url, headers: { ...(forwardedFor && { 'x-forwarded-for': forwardedFor }) } })
  await server.close()
  await saveForwarding(ctx)
  await saveForwarding(ctx)

  const list = () => listForwarded(ctx.db, { setting, now: ctx.clock.now() })
  expect(await list()).toEqual([
    { addresses: 0, count: 1, ignored: 0 },
    { addresses: 1, count: 1, ignored },
  ])
  expect(await listForwarded(ctx.db, { setting: 'other', now: ctx.clock.now() })).toEqual([])
  expect(await dump()).not.toContain('203.0.113.7')
  ctx.clock.advance(dayMs + 3_600_000)
  expect(await list()).toEqual([])
})

test('the counts of several replicas add up, and those older than a day are deleted', async () => {
  const { ctx, sql } = await openStack()
  const see = async (count: number) => {
    ctx.access.forwarding.seen.set(2, { addresses: 2, count, ignored: count })
    await saveForwarding(ctx)
  }
  await see(3)
  await see(4)
  expect(await listForwarded(ctx.db, { setting: '', now: ctx.clock.now() })).toEqual([
    { addresses: 2, count: 7, ignored: 7 },
  ])
  ctx.clock.advance(2 * dayMs)
  await see(1)
  expect(await sql`select count::int from forwarded_requests`).toMatchObject([{ count: 1 }])
})
