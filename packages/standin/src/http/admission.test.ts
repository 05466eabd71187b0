import { EventEmitter, once } from 'node:events'
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createAdjustableClock } from '../../test/adjustable-clock.ts'
import { createGate } from '../../test/gate.ts'
import { createHttpStack } from '../../test/http-stack.ts'
import { type Admitting, createAdmission, isOverloaded, nextAdmitting } from './admission.ts'
import { createHttpServer } from './http-server.ts'

const after = (looks: boolean[], from: Admitting = { share: 1, lateInARow: 0 }) =>
  looks.reduce((admitting, isLate) => nextAdmitting(admitting, isLate), from)
const late = (times: number) => Array<boolean>(times).fill(true)
const inTime = (times: number) => Array<boolean>(times).fill(false)

describe('what is admitted', () => {
  test('is everything while work is late for some looks: a crowd that comes at once is served', () => {
    expect(after(late(4)).share).toBe(1)
    expect(after([...late(4), ...inTime(1), ...late(4)]).share).toBe(1)
  })
  test('falls with each late check after that, but never to nothing', () => {
    expect(after(late(5)).share).toBe(0.75)
    expect(after(late(6)).share).toBeLessThan(0.6)
    expect(after(late(1_000)).share).toBeGreaterThan(0)
  })
  test('is everything again within two seconds of looks that were in time', () => {
    expect(after(inTime(20), after(late(1_000))).share).toBe(1)
  })
})

/** A server whose requests wait at a gate, and whose database has no place for a statement while it is to be late. */
async function startCrowdedServer() {
  const stack = createHttpStack({ environment: { APP_ORIGINS: 'https://app.example' } })
  const gate = createGate()
  let [nowMs, isLate] = [0, false]
  const clock = { ...stack.ctx.clock, monotonicMs: () => (nowMs += isLate ? 1_000 : 0) }
  const askDatabase = () => (isLate ? new Promise(() => {}) : Promise.resolve())
  const server = await createHttpServer({ ...stack.ctx, clock, random: () => 0.99 }, [], { askDatabase })
  const paths = ['/v1/anything', '/trpc/run.list', '/trackunit/callback', '/health/live', '/trpc/run.events']
  for (const url of paths) server.all(url, async () => 'done')
  server.get('/waits', async () => {
    await gate.pass()
    return 'done'
  })
  await server.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => server.close())
  const { port } = server.server.address() as AddressInfo

  async function ask(path: string, { method = 'GET', headers = {} } = {}) {
    const asking = httpRequest({ port, host: '127.0.0.1', path, method, headers, agent: false }).end()
    const [answer] = (await once(asking, 'response')) as [IncomingMessage]
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: Buffer.concat(await answer.toArray()).toString(),
    }
  }
  return {
    ask,
    gate,
    stack,
    crowd: (size: number) => Array.from({ length: size }, () => ask('/waits')),
    beLate(late: boolean) {
      isLate = late
    },
  }
}

test('invariant 25: a server with too much work refuses requests before it begins them, and says when to retry', async () => {
  const { ask, crowd, gate, beLate, stack } = await startCrowdedServer()
  const waiting = crowd(101)
  await gate.reached
  beLate(true)
  await expect.poll(async () => (await ask('/v1/anything')).status).toBe(503)

  const refused = await ask('/v1/anything', { method: 'POST', headers: { origin: 'https://app.example' } })
  expect(refused).toMatchObject({ status: 503, headers: { 'access-control-allow-origin': 'https://app.example' } })
  expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/)
  expect(JSON.parse(refused.body)).toMatchObject({ reason: 'OVERLOADED', retryAfterMs: 4_960 })
  expect(refused.headers['retry-after']).toBe('5')
  const trpc = await ask('/trpc/run.list?batch=1')
  expect(JSON.parse(trpc.body).error.data).toMatchObject({ reason: 'OVERLOADED', httpStatus: 503, retryAfterMs: 4_960 })
  expect(new Set(stack.refused)).toEqual(new Set(['any OVERLOADED']))

  // What is never refused, and what counts as no request under way.
  expect((await ask('/trackunit/callback', { method: 'POST' })).status).toBe(200)
  expect((await ask('/health/live')).status).toBe(200)
  expect((await ask('/v1/anything', { method: 'OPTIONS' })).status).not.toBe(503)
  const headers = { accept: 'text/event-stream' }
  expect((await ask('/trpc/run.events?input=%7B%7D', { headers })).status).toBe(200)
  // What only says that it is a stream.
  expect((await ask('/v1/anything', { headers })).status).toBe(503)
  expect((await ask('/trpc/run.list', { headers })).status).toBe(503)

  gate.open()
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(Array(101).fill(200))
  await expect.poll(async () => (await ask('/v1/anything')).status).toBe(200)
  expect(stack.logged().match(/refuses some requests/g)).toHaveLength(1)
})

/** What decides alone, with timers that the test moves. */
function createDecision({ askDatabase, busy = 0 }: { askDatabase?: () => Promise<unknown>; busy?: number }) {
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { ctx } = createHttpStack()
  const clock = createAdjustableClock()
  const options = { busy: () => busy, ...(askDatabase && { askDatabase }) }
  const admission = createAdmission({ ...ctx, clock, random: () => 0.99 }, options)
  const request = { url: '/v1/token', method: 'POST', headers: {} } as IncomingMessage
  /** @returns what ends it; undefined if it was refused */
  const ask = () => {
    const response = new EventEmitter()
    if (!admission.admits(request)) return undefined
    admission.follow(request, response as ServerResponse)
    return () => response.emit('close')
  }
  return {
    ask,
    crowd: (size: number) => Array.from({ length: size }, ask),
    async pass(looks: number, perLook = () => {}) {
      for (let look = 0; look < looks; look++) {
        perLook()
        clock.advance(100)
        await vi.advanceTimersByTimeAsync(100)
      }
    },
  }
}

const found = { underWay: 1_000, ended: 100, sinceMs: 100, busy: 1, databaseMs: 0 }
test.for([
  { is: 'what would take a second of work', given: found, overloaded: true },
  {
    is: 'the same for a process that is often idle: they wait for Trackunit',
    given: { ...found, busy: 0.3 },
    overloaded: false,
  },
  { is: 'what would take 200 ms', given: { ...found, ended: 500 }, overloaded: false },
  { is: 'a process that ends nothing', given: { ...found, ended: 0 }, overloaded: true },
  {
    is: 'the same with few requests: the machine is slow',
    given: { ...found, ended: 0, underWay: 100 },
    overloaded: false,
  },
  { is: 'a pool that lets nothing pass', given: { ...found, busy: 0, databaseMs: 1_001 }, overloaded: true },
])('$is is more than can be done: $overloaded', ({ given, overloaded }) => expect(isOverloaded(given)).toBe(overloaded))

test('refuses while it is busy and little ends; then counts what ends, and admits everything again', async () => {
  const { ask, crowd, pass } = createDecision({ busy: 1 })
  const leaving = crowd(400)
  await pass(10)
  expect(ask()).toBeUndefined()

  const each = leaving.values()
  await pass(9, () => void each.next().value?.())
  expect(ask()).toBeUndefined()
  for (const leave of each) leave?.()
  await pass(25)
  expect(ask()).toBeDefined()
})

test('a pool without a place for a statement is too much work too, until it has one', async () => {
  const gate = createGate()
  const { ask, crowd, pass } = createDecision({ askDatabase: () => gate.pass() })
  crowd(101)
  await pass(11)
  expect(ask()).toBeDefined()
  await pass(10)
  expect(ask()).toBeUndefined()
  gate.open()
  await pass(21)
  expect(ask()).toBeDefined()
})
