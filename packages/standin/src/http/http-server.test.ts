import type { FastifyInstance } from 'fastify'
import { describe, expect, test } from 'vitest'
import { createHttpStack } from '../../test/http-stack.ts'
import { StandinError } from '../standin-error.ts'
import { registerHealthRoutes } from './health-route.ts'
import { createHttpServer } from './http-server.ts'
import { reconnectSoon } from './trpc-route.ts'

async function createEdge(appOrigins: string[] = []) {
  const { ctx, refused, logged } = createHttpStack({
    environment: appOrigins.length > 0 ? { APP_ORIGINS: appOrigins.join() } : {},
  })
  const server: FastifyInstance = await createHttpServer(ctx)
  server.get('/throws/:secret', async () => {
    throw Object.assign(new Error('library says s3cr3t'), { code: 'LIB_CODE', query: 's3cr3t' })
  })
  server.get('/refuses', async () => {
    throw new StandinError('RATE_LIMITED', { retryAfterMs: 1_200 })
  })
  return { ctx, server, refused, logged, [Symbol.asyncDispose]: () => server.close() }
}

describe('every answer that is not a success is a problem with a reason', () => {
  test('a library’s error becomes a plain internal error; the log has its code', async () => {
    await using edge = await createEdge()
    const response = await edge.server.inject('/throws/s3cr3t?token=s3cr3t')
    expect(response.statusCode).toBe(500)
    expect(response.json()).toMatchObject({ type: 'about:blank', reason: 'INTERNAL', requestId: expect.any(String) })
    expect(response.body).not.toContain('s3cr3t')
    expect(edge.logged()).toContain('LIB_CODE')
    expect(edge.logged()).toContain('/throws/:secret')
    expect(edge.logged()).not.toContain('s3cr3t')
    expect(edge.logged()).toContain(response.json().requestId)
    expect(edge.refused).toEqual(['/throws/:secret INTERNAL'])
  })

  test('the time to retry is a header in whole seconds, and a field in milliseconds', async () => {
    await using edge = await createEdge()
    const response = await edge.server.inject('/refuses')
    expect(response.statusCode).toBe(429)
    expect(response.headers['retry-after']).toBe('2')
    expect(response.json()).toMatchObject({ reason: 'RATE_LIMITED', retryAfterMs: 1_200 })
  })

  test.each(['/', '/nowhere', '/%zz', '/refuses/more', `/throws/${'x'.repeat(6_000)}`])(
    'there is nothing at %s',
    async (url) => {
      await using edge = await createEdge()
      const response = await edge.server.inject(url)
      expect([response.statusCode, response.json().reason]).toEqual([404, 'NOT_FOUND'])
      expect(response.headers['content-type']).toMatch(/^application\/problem\+json/)
      expect(response.headers['cache-control']).toBe('no-store')
      expect(edge.refused.every((each) => each === 'none NOT_FOUND')).toBe(true)
    },
  )

  test('the id of a request is always our own', async () => {
    await using edge = await createEdge()
    const response = await edge.server.inject({
      url: '/nowhere',
      headers: { 'request-id': 'theirs', 'x-request-id': 'theirs' },
    })
    expect(response.json().requestId).toMatch(/^[0-9a-f-]{36}$/)
  })
})

describe('browsers of other origins', () => {
  const preflight = (origin: string) => ({
    method: 'OPTIONS' as const,
    url: '/refuses',
    headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
  })

  test('are allowed if they are listed, without credentials', async () => {
    await using edge = await createEdge(['https://app.example', 'null'])
    for (const origin of ['https://app.example', 'null']) {
      const { headers } = await edge.server.inject(preflight(origin))
      expect(headers['access-control-allow-origin']).toBe(origin)
      expect(headers['access-control-allow-credentials']).toBeUndefined()
    }
    // Refusals must be readable, too: otherwise the app could not show why.
    const refused = await edge.server.inject({ url: '/refuses', headers: { origin: 'https://app.example' } })
    expect(refused.headers['access-control-allow-origin']).toBe('https://app.example')
  })

  test.each([
    ['https://evil.example', ['https://app.example']],
    ['null', ['https://app.example']],
    ['https://app.example.evil.example', ['https://app.example']],
    ['https://app.example', []],
  ])('%s is not, when %j are named', async (origin, named) => {
    await using edge = await createEdge(named)
    const { headers } = await edge.server.inject(preflight(origin))
    expect(headers['access-control-allow-origin']).not.toBe(origin)
    expect(headers['access-control-allow-origin']).not.toBe('*')
  })
})

type Watch = Parameters<typeof registerHealthRoutes>[1]['watch']
/** A watch whose database is down whenever it is checked. */
function played(given: Partial<Watch>): Watch {
  let trouble: ReturnType<Watch['trouble']>
  const suspect = async () => {
    trouble ??= (await given.suspect?.()) ? 'down' : undefined
    return trouble !== undefined
  }
  return { downForMs: () => 0, clockOffByMs: () => undefined, trouble: () => trouble, ...given, suspect }
}

test.for([
  { what: 'is up', isDown: false, downForMs: 0, status: 200, body: { status: 'ready', database: 'up' } },
  {
    what: 'went down a moment ago',
    isDown: true,
    downForMs: 999,
    status: 200,
    body: { status: 'ready', database: 'down' },
  },
  {
    what: 'is down for too long',
    isDown: true,
    downForMs: 1_000,
    status: 503,
    body: { status: 'not-ready', database: 'down' },
  },
])(
  'invariant 16: health tells that the database $what, and is not logged',
  async ({ isDown, downForMs, status, body }) => {
    await using edge = await createEdge()
    const watch = played({ suspect: async () => isDown, downForMs: () => downForMs })
    const parts = ['callbacks', 'api', 'worker'] as const
    const config = { ...edge.ctx.config, outageServeMs: 1_000, parts: [...parts] as typeof edge.ctx.config.parts }
    registerHealthRoutes(edge.server, { config, watch }, { isWorking: () => true })
    const ready = await edge.server.inject('/health/ready')
    expect([ready.statusCode, ready.json()]).toEqual([status, { ...body, parts }])
    expect((await edge.server.inject('/health/live')).json()).toEqual({ status: 'live' })
    expect(edge.logged()).toBe('')
  },
)

test.for([
  { parts: ['callbacks'], status: 503 },
  { parts: ['worker'], status: 503 },
  { parts: ['callbacks', 'worker'], status: 503 },
  { parts: ['api'], status: 200 },
] as const)('health speaks for its parts: $parts are $status while the database is down', async ({ parts, status }) => {
  await using edge = await createEdge()
  const watch = played({ suspect: async () => true })
  const config = { ...edge.ctx.config, outageServeMs: 1_000, parts: [...parts] as typeof edge.ctx.config.parts }
  registerHealthRoutes(edge.server, { config, watch }, { isWorking: () => true })
  const ready = await edge.server.inject('/health/ready')
  expect([ready.statusCode, ready.json()]).toMatchObject([status, { database: 'down', parts }])
})

test('a worker that claims nothing while runs are due is not ready, and reports it', async () => {
  await using edge = await createEdge()
  const watch = played({})
  let isWorking = false
  registerHealthRoutes(edge.server, { config: edge.ctx.config, watch }, { isWorking: () => isWorking })
  const stuck = await edge.server.inject('/health/ready')
  expect([stuck.statusCode, stuck.json()]).toMatchObject([
    503,
    { status: 'not-ready', database: 'up', worker: 'stuck' },
  ])
  isWorking = true
  expect((await edge.server.inject('/health/ready')).statusCode).toBe(200)
})

test.for([
  { what: 'its clock is off', watch: { clockOffByMs: () => 75_400 }, more: {}, says: { clockAheadOfDatabaseS: 75 } },
  { what: 'a key is missing', watch: {}, more: { unreadable: ['old'] }, says: { keysMissing: ['old'] } },
  { what: 'it stops', watch: {}, more: { isStopping: () => true }, says: { stopping: true } },
])('invariant 26: a replica is not ready while $what, and says so', async ({ watch, more, says }) => {
  await using edge = await createEdge()
  const ways = { isWorking: () => true, ...more }
  registerHealthRoutes(edge.server, { config: edge.ctx.config, watch: played(watch) }, ways)
  const answer = await edge.server.inject('/health/ready')
  expect([answer.statusCode, answer.json()]).toMatchObject([503, { status: 'not-ready', ...says }])
})

test.for(['read-only', 'full', 'not-committing'] as const)('health reports a database that is %s', async (trouble) => {
  await using edge = await createEdge()
  const watch = { ...played({}), suspect: async () => true, trouble: () => trouble }
  registerHealthRoutes(edge.server, { config: edge.ctx.config, watch }, { isWorking: () => true })
  expect((await edge.server.inject('/health/ready')).json()).toMatchObject({ status: 'ready', database: trouble })
})

test('a stream starts with the hint to reconnect soon, and continues unchanged', async () => {
  const streamed = reconnectSoon(
    new Response('data: 1\n\n', { status: 200, headers: { 'content-type': 'text/event-stream' } }),
    new AbortController().signal,
  )
  expect(await streamed.text()).toBe('retry: 250\n\ndata: 1\n\n')
  expect(streamed.headers.get('content-type')).toBe('text/event-stream')
  const empty = new Response(null, { status: 204 })
  expect(reconnectSoon(empty, new AbortController().signal)).toBe(empty)
})
