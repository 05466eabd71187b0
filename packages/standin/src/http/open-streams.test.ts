import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { ProcedureContract } from '@standin/contracts'
import { tracked } from '@trpc/server'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { createHttpStack } from '../../test/http-stack.ts'
import type { Caller } from '../access/caller.ts'
import { createHttpServer } from './http-server.ts'
import { contracted, router } from './trpc.ts'
import { registerTrpcRoute } from './trpc-route.ts'

const events = {
  kind: 'subscription',
  input: z.strictObject({ accountId: z.string() }),
  output: z.object({ seq: z.number() }),
  callers: ['user'],
  account: 'input',
} as const satisfies ProcedureContract
const mine = '11111111-1111-4111-8111-111111111111'
const user: Caller = { kind: 'user', id: 'u', name: null, accountId: mine, scopes: [], expiresAt: new Date(0) }

test('invariant 25: the open streams of a user are limited; closing one makes room', async () => {
  const { ctx, admit } = createHttpStack({ logLevel: 'silent', budgets: { userStreams: 3 } })
  const api = router({
    events: contracted(ctx)
      .stream(events)
      .subscription(async function* ({ signal }) {
        yield tracked('1', { seq: 1 })
        if (!signal?.aborted) await once(signal ?? new AbortController().signal, 'abort')
      }),
  })
  const server = await createHttpServer(ctx)
  await registerTrpcRoute(server, ctx, api)
  await server.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => server.close())
  const { port } = server.server.address() as AddressInfo
  const headers = { accept: 'text/event-stream', authorization: admit(user) }
  const path = `/trpc/events?input=${encodeURIComponent(JSON.stringify({ accountId: mine }))}`
  const open = async () => {
    const [answer] = (await once(get({ port, path, headers }), 'response')) as [IncomingMessage]
    onTestFinished(() => void answer.destroy())
    return answer
  }

  const streams = [await open(), await open(), await open()]
  expect(streams.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200])
  const refused = await open()
  expect([refused.statusCode, Number(refused.headers['retry-after'])]).toEqual([429, 10])
  expect(await text(refused)).toContain('At most 3 streams')

  streams[0]?.destroy()
  await expect.poll(async () => (await open()).statusCode).toBe(200)
  for (const stream of streams) stream.destroy()
})

test('invariant 25: a stream whose reader left before it began takes no place', async () => {
  const arrived: Array<() => void> = []
  const { ctx, admit } = createHttpStack({
    logLevel: 'silent',
    accountOf: { accountOfRun: () => new Promise((resolve) => arrived.push(() => resolve(mine))) },
  })
  let begun = 0
  const ofRun = { ...events, input: z.strictObject({ runId: z.string() }), account: 'run' } as const
  const api = router({
    events: contracted(ctx)
      .stream(ofRun)
      .subscription(async function* ({ signal }) {
        begun++
        yield tracked('1', { seq: 1 })
        if (!signal?.aborted) await once(signal ?? new AbortController().signal, 'abort')
      }),
  })
  const server = await createHttpServer(ctx)
  await registerTrpcRoute(server, ctx, api)
  await server.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => server.close())
  const { port } = server.server.address() as AddressInfo
  const headers = { accept: 'text/event-stream', authorization: admit(user) }
  const path = `/trpc/events?input=${encodeURIComponent(JSON.stringify({ runId: 'r' }))}`

  const left = get({ port, path, headers }).on('error', () => {})
  await expect.poll(() => arrived.length).toBe(1)
  left.destroy()
  const connections = () => new Promise((resolve) => server.server.getConnections((_error, count) => resolve(count)))
  await expect.poll(connections).toBe(0)
  arrived[0]?.()
  await expect.poll(() => begun).toBe(1)
  await expect.poll(ctx.access.budgets.size).toBe(0)
})
