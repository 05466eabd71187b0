import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ProcedureContract } from '@standin/contracts'
import { tracked } from '@trpc/server'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { createHttpStack } from '../../test/http-stack.ts'
import type { Caller } from '../access/caller.ts'
import { createHttpServer } from './http-server.ts'
import { contracted, router } from './trpc.ts'
import { registerTrpcRoute } from './trpc-route.ts'

const events = {
  kind: 'subscription',
  input: z.strictObject({ accountId: z.string() }),
  output: z.object({ seq: z.number(), message: z.string() }),
  callers: ['user'],
  account: 'input',
} as const satisfies ProcedureContract
const mine = '11111111-1111-4111-8111-111111111111'
const user: Caller = { kind: 'user', id: 'u', name: null, accountId: mine, scopes: [], expiresAt: new Date(0) }
const message = 'x'.repeat(10_000)

/** A server with an endless stream, which counts the events that were taken. */
async function startStream() {
  let given = 0
  const { ctx, admit } = createHttpStack({ logLevel: 'silent' })
  const api = router({
    events: contracted(ctx)
      .stream(events)
      .subscription(async function* ({ signal }) {
        while (!signal?.aborted) yield tracked(String(++given), { seq: given, message })
      }),
  })
  const server = await createHttpServer(ctx)
  await registerTrpcRoute(server, ctx, api)
  await server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = server.server.address() as AddressInfo
  const input = encodeURIComponent(JSON.stringify({ accountId: mine }))
  const request = get({
    port,
    path: `/trpc/events?input=${input}`,
    headers: { accept: 'text/event-stream', authorization: admit(user) },
  })
  const [answer] = (await once(request, 'response')) as [IncomingMessage]
  return {
    answer,
    given: () => given,
    async [Symbol.asyncDispose]() {
      request.destroy()
      await server.close()
    },
  }
}

test('invariant 21: for a reader that does not read, no events are created or kept in memory', async () => {
  await using stream = await startStream()
  /** Waits until no more events are taken. */
  const stillness = async () => {
    const seen: number[] = [-1]
    const isStill = () => seen.push(stream.given()) && seen.at(-1) === seen.at(-2)
    await expect.poll(isStill, { interval: 200 }).toBe(true)
    return stream.given()
  }

  stream.answer.pause()
  const held = await stillness()
  expect(held).toBeGreaterThan(0)
  expect(held * message.length).toBeLessThan(16_000_000) // The system's buffers on both sides of a connection.

  stream.answer.resume()
  await expect.poll(stream.given).toBeGreaterThan(held + 2_000)
})
