import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { ProcedureContract } from '@standin/contracts'
import { tracked } from '@trpc/server'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { createHttpStack } from '../../test/http-stack.ts'
import type { Caller } from '../access/caller.ts'
import { drainHttp } from './drain-http.ts'
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

/** A thread that sends one request when it is told to, says when it has, and reports the answer or the error. */
const sendOnce = `
  const { connect } = require('node:net')
  const { parentPort, workerData: { port, hasSent } } = require('node:worker_threads')
  parentPort.once('message', () => {
    let said = ''
    const socket = connect(port, '127.0.0.1', () => socket.write('GET /answers HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n', () => {
      Atomics.store(hasSent, 0, 1)
      Atomics.notify(hasSent, 0)
    }))
    socket.on('data', (piece) => (said += piece)).on('error', ({ code }) => (said ||= code))
    socket.on('close', () => parentPort.postMessage(said))
  })`

/** A server with a request that waits for the test, and a stream that sends one event and waits. */
async function startServer() {
  const { ctx, admit } = createHttpStack({ logLevel: 'silent' })
  const answer = Promise.withResolvers<string>()
  const streams = { ended: 0 }
  const api = router({
    events: contracted(ctx)
      .stream(events)
      .subscription(async function* ({ signal }) {
        yield tracked('1', { seq: 1 })
        await new Promise((resolve) => signal?.addEventListener('abort', resolve))
        streams.ended++
      }),
  })
  const server = await createHttpServer(ctx)
  const arrived = Promise.withResolvers<void>()
  server.get('/waits', () => {
    arrived.resolve()
    return answer.promise
  })
  server.get('/answers', async () => 'at once')
  await registerTrpcRoute(server, ctx, api)
  await server.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => server.close())
  const { port } = server.server.address() as AddressInfo
  const agent = new Agent({ keepAlive: true })
  onTestFinished(() => agent.destroy())
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const [response] = await once(get({ port, path, agent, headers }), 'response')
    return response as IncomingMessage
  }
  return {
    server,
    answer,
    arrived: arrived.promise,
    streams,
    ask,
    stream: () =>
      ask(`/trpc/events?input=${encodeURIComponent(JSON.stringify({ accountId: mine }))}`, {
        accept: 'text/event-stream',
        authorization: admit(user),
      }),
  }
}

test('invariant 26: a request under way is answered, and nothing is accepted after it', async () => {
  const { server, ask, answer, arrived } = await startServer()
  const asked = ask('/waits')
  await arrived
  const drained = drainHttp(server, { delayMs: 0, withinMs: 10_000 })
  await expect.poll(() => ask('/answers').catch((error) => error.code)).toBe('ECONNREFUSED')
  answer.resolve('in the end')

  expect(await text(await asked)).toBe('in the end')
  await drained
})

test('invariant 26: during the delay, new requests are answered and told to close their connection', async () => {
  const { server, ask } = await startServer()
  expect((await ask('/answers')).resume().headers.connection).toBe('keep-alive')
  const drained = drainHttp(server, { delayMs: 100, withinMs: 10_000 })
  const response = await ask('/answers')

  expect(response.headers.connection).toBe('close')
  expect(await text(response)).toBe('at once')
  await drained
})

test('invariant 26: a caller that the system connected while the server was busy is answered', async () => {
  const { server } = await startServer()
  const { port } = server.server.address() as AddressInfo
  const hasSent = new Int32Array(new SharedArrayBuffer(4))
  const caller = new Worker(sendOnce, { eval: true, workerData: { port, hasSent } })
  onTestFinished(async () => void (await caller.terminate()))
  await once(caller, 'online')
  const told = once(caller, 'message')
  const drained = drainHttp(server, { delayMs: 1, withinMs: 10_000 })
  caller.postMessage('send') // The event loop stands still until it was sent, and longer than the delay.
  Atomics.wait(hasSent, 0, 0, 60_000)

  expect((await told)[0]).toMatch(/^HTTP\/1.1 200 OK/)
  await drained
})

test('invariant 26: a caller that was accepted last, and has sent nothing yet, is answered', async () => {
  const { server } = await startServer()
  const { port } = server.server.address() as AddressInfo
  const accepted = once(server.server, 'connection')
  const socket = connect(port, '127.0.0.1')
  await accepted
  const drained = drainHttp(server, { delayMs: 200, withinMs: 10_000 })
  while (server.server.listening) await nextTurn()
  socket.write('GET /answers HTTP/1.1\r\nhost: x\r\n\r\n')

  expect(await text(socket)).toMatch(/^HTTP\/1.1 200 OK/)
  await drained
})

test('invariant 26: a stream ends without the event that tells readers not to reconnect', async () => {
  const { server, stream, streams } = await startServer()
  const response = await stream()
  const drained = drainHttp(server, { delayMs: 0, withinMs: 10_000 })

  const said = await text(response) // Rejects if the connection is cut in the middle of an event.
  expect(said).toContain('"seq":1')
  expect(said).not.toContain('event: return')
  await drained
  expect(streams.ended).toBe(1)
})

test('a request that does not end is cut, so that a stop is bounded', async () => {
  const { server, ask, arrived } = await startServer()
  const asked = ask('/waits').catch((error) => error.code)
  await arrived
  await drainHttp(server, { delayMs: 0, withinMs: 50 })

  expect(await asked).toBe('ECONNRESET')
})
