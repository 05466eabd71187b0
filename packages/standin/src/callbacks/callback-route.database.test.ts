import { request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { errorReasonSchema } from '@standin/contracts'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  account,
  appId,
  type CallbackStack,
  createCallbackStack,
  installed,
  prepareCallbackStacks,
} from '../../test/callback-stack.ts'
import { patiently } from '../../test/patiently.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { Secret } from '../config/secret.ts'
import { connectDatabase } from '../database/database.ts'
import { createHttpServer } from '../http/http-server.ts'
import { createLogger } from '../observability/logger.ts'
import { registerCallbackRoute } from './callback-route.ts'
import { listHeld } from './held/held-callback-store.ts'
import { saveRejections } from './rejected/count-rejections.ts'
import { readRejections } from './rejected/rejection-store.ts'

const createStack = prepareCallbackStacks()

const pathSecrets = ['path-s3cr3t-000001', 'path-s3cr3t-000002']
const path = `/trackunit/callback/${pathSecrets[0]}`

interface Edge extends AsyncDisposable {
  stack: CallbackStack
  server: FastifyInstance
  identity: string
  post(
    body: unknown,
    how?: { url?: string; headers?: Record<string, string | undefined> },
  ): Promise<{
    status: number
    body: Record<string, unknown>
    headers: Record<string, unknown>
    text: string
  }>
  logged(): string
}

async function createEdge(secrets = pathSecrets, given?: CallbackStack): Promise<Edge> {
  const stack = given ?? (await createStack())
  let log = ''
  const ctx = { ...stack.ctx, log: createLogger('trace', { write: (line) => (log += line) }) }
  const server = await createHttpServer(ctx)
  stack.settings.pathSecrets = secrets.map((secret) => new Secret(secret))
  await registerCallbackRoute(server, ctx)
  const iat = stack.clock.now().getTime() / 1_000
  const identity = await stack.signingKey.sign({ iat, exp: iat + 300, accountId: account, irisAppId: appId })
  return {
    stack,
    server,
    identity,
    async post(body, { url = path, headers = {} } = {}) {
      const given = { 'content-type': 'application/json', 'trackunit-identity': identity, ...headers }
      const response = await server.inject({
        method: 'POST',
        url,
        headers: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Record<
          string,
          string
        >,
        payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
      })
      return { status: response.statusCode, body: response.json(), headers: response.headers, text: response.body }
    },
    logged: () => log,
    [Symbol.asyncDispose]: () => server.close(),
  }
}

test('a callback is answered with 200 and its outcome', async () => {
  await using edge = await createEdge()
  expect(await edge.post(installed('client-a'))).toMatchObject({ status: 200, body: { status: 'accepted' } })
  expect(await edge.post(installed('client-a'))).toMatchObject({ status: 200, body: { status: 'duplicate' } })
  expect(await edge.post({ type: 'OTHER', irisAppId: appId, accountId: account })).toMatchObject({
    body: { status: 'ignored' },
  })
  expect(await edge.stack.rows()).toHaveLength(1)
})

test.each(['application/json; charset=utf-8', 'application/json;charset=UTF-8', 'Application/JSON'])(
  '%s is JSON',
  async (type) => {
    await using edge = await createEdge()
    expect(await edge.post(installed('client-a'), { headers: { 'content-type': type } })).toMatchObject({ status: 200 })
  },
)

test('either of two path secrets opens the path; without a secret the path is open', async () => {
  await using edge = await createEdge()
  expect(await edge.post(installed('a'), { url: `/trackunit/callback/${pathSecrets[1]}` })).toMatchObject({
    status: 200,
  })
  await using open = await createEdge([])
  expect(await open.post(installed('a'), { url: '/trackunit/callback' })).toMatchObject({ status: 200 })
  expect(await open.post(installed('a'))).toMatchObject({ status: 404, body: { reason: 'NOT_FOUND' } })
})

const body = installed('client-a')
const text = JSON.stringify(body)
/** A body of exactly so many bytes. */
const padded = (bytes: number) => `${text.slice(0, -1)},"padding":"${'x'.repeat(bytes - text.length - 13)}"}`

test('16 kB are accepted, one byte more is not', async () => {
  await using edge = await createEdge()
  expect(await edge.post(padded(16_384))).toMatchObject({ status: 200 })
  expect(await edge.post(padded(16_385))).toMatchObject({ status: 413, body: { reason: 'INPUT_TOO_LARGE' } })
})

describe('refusals are problems with a reason', () => {
  let edge: Edge // One for all of them: what is refused leaves nothing behind.
  beforeAll(async () => {
    edge = await createEdge()
  })
  afterAll(() => edge[Symbol.asyncDispose]())

  const refusals: Record<
    string,
    {
      given?: unknown
      url?: string
      headers?: Record<string, string | undefined>
      status: number
      reason: string
      names?: string
    }
  > = {
    'no identity': { headers: { 'trackunit-identity': undefined }, status: 401, reason: 'IDENTITY_MISSING' },
    'an empty identity': { headers: { 'trackunit-identity': '' }, status: 401, reason: 'IDENTITY_MISSING' },
    'an identity that is no JWT': {
      headers: { 'trackunit-identity': 's3cr3t' },
      status: 401,
      reason: 'IDENTITY_INVALID',
    },
    'a compressed body': {
      given: gzipSync(text),
      headers: { 'content-encoding': 'gzip' },
      status: 415,
      reason: 'UNSUPPORTED_MEDIA_TYPE',
    },
    'a form': {
      given: 'a=s3cr3t',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      status: 415,
      reason: 'UNSUPPORTED_MEDIA_TYPE',
    },
    'plain text': { headers: { 'content-type': 'text/plain' }, status: 415, reason: 'UNSUPPORTED_MEDIA_TYPE' },
    'no media type': { headers: { 'content-type': undefined }, status: 415, reason: 'UNSUPPORTED_MEDIA_TYPE' },
    'bytes that are no UTF-8': {
      given: Buffer.concat([Buffer.from(text.slice(0, -2)), Buffer.from([0xff]), Buffer.from('"}')]),
      status: 400,
      reason: 'CALLBACK_MALFORMED',
    },
    'text that is no JSON': { given: '{"clientSecret":"s3cr3t', status: 400, reason: 'CALLBACK_MALFORMED' },
    'no body': { given: '', status: 400, reason: 'CALLBACK_MALFORMED' },
    'a key __proto__': { given: `{"__proto__":{"a":1},${text.slice(1)}`, status: 400, reason: 'CALLBACK_MALFORMED' },
    'a key constructor with a prototype': {
      given: `{"constructor":{"prototype":{}},${text.slice(1)}`,
      status: 400,
      reason: 'CALLBACK_MALFORMED',
    },
    'a list': { given: [body], status: 400, reason: 'CALLBACK_MALFORMED' },
    null: { given: 'null', status: 400, reason: 'CALLBACK_MALFORMED' },
    'a text': { given: '"s3cr3t"', status: 400, reason: 'CALLBACK_MALFORMED' },
    'a body without a secret': {
      given: { ...body, clientSecret: undefined },
      status: 400,
      reason: 'CALLBACK_MALFORMED',
      names: 'clientSecret',
    },
    'a body with wrong values': {
      given: { ...body, clientId: { $s3cr3t: 's3cr3t' }, clientSecret: ['s3cr3t'] },
      status: 400,
      reason: 'CALLBACK_MALFORMED',
      names: 'clientId, clientSecret',
    },
    'an account id that is none': {
      given: { ...body, accountId: "s3cr3t' or 1=1" },
      status: 400,
      reason: 'CALLBACK_MALFORMED',
      names: 'accountId',
    },
    'a secret with NUL': {
      given: { ...body, clientSecret: 's3cr3t\0' },
      status: 400,
      reason: 'CALLBACK_MALFORMED',
      names: 'clientSecret',
    },
    'another account than the identity’s': {
      given: { ...body, accountId: '99999999-9999-4999-8999-999999999999' },
      status: 401,
      reason: 'IDENTITY_MISMATCH',
    },
    'another app than the identity’s': {
      given: { ...body, irisAppId: '@s3cr3t/other' },
      status: 401,
      reason: 'IDENTITY_MISMATCH',
    },
    'a wrong path secret': { url: `${path}x`, status: 404, reason: 'NOT_FOUND' },
    'no path secret': { url: '/trackunit/callback', status: 404, reason: 'NOT_FOUND' },
    'a path below it': { url: `${path}/s3cr3t`, status: 404, reason: 'NOT_FOUND' },
    'a path that is no URL': { url: '/trackunit/callback/s3cr3t%zz', status: 404, reason: 'NOT_FOUND' },
    'a path without an end': {
      url: `/trackunit/callback/s3cr3t${'x'.repeat(6_000)}`,
      status: 404,
      reason: 'NOT_FOUND',
    },
  }
  test.each(Object.entries(refusals))(
    '%s',
    async (_title, { given = body, url = path, headers = {}, status, reason, names }) => {
      await using edge = await createEdge()

      const answer = await edge.post(given, { url, headers })

      expect(answer).toMatchObject({ status, body: { reason, title: reason, status, requestId: expect.any(String) } })
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json(;|$)/)
      expect(answer.headers['cache-control']).toBe('no-store')
      expect(errorReasonSchema.options).toContain(answer.body.reason)
      if (names) expect(answer.body.detail).toContain(`Missing or wrong: ${names}.`)
      for (const hidden of ['s3cr3t', 'client-a', edge.identity]) {
        expect(answer.text).not.toContain(hidden)
        expect(edge.logged()).not.toContain(hidden)
      }
      expect(await edge.stack.rows()).toEqual([])
    },
  )

  test('two identities, in headers of the same name', async () => {
    await edge.server.listen({ port: 0, host: '127.0.0.1' })
    const { port } = edge.server.server.address() as AddressInfo
    const answered = Promise.withResolvers<{ status: number | undefined; text: string }>()
    const sent = request(
      {
        port,
        path,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'Trackunit-Identity': [edge.identity, edge.identity] },
      },
      async (response) => {
        let text = ''
        for await (const piece of response) text += piece
        answered.resolve({ status: response.statusCode, text })
      },
    )
    sent.on('error', answered.reject).end(text)

    const { status, text: answer } = await answered.promise

    expect(status).toBe(401)
    expect(JSON.parse(answer)).toMatchObject({ reason: 'IDENTITY_INVALID' })
    expect(await edge.stack.rows()).toEqual([])
  })
})

test('invariant 7: while the keys cannot be fetched the answer is 503 with a Retry-After, then 200', async () => {
  await using edge = await createEdge()
  edge.stack.published.fail()
  const refused = await edge.post(body)
  expect(refused).toMatchObject({ status: 503, body: { reason: 'KEYS_UNAVAILABLE', retryAfterMs: 30_000 } })
  expect(refused.headers['retry-after']).toBe('30')

  edge.stack.published.publish(edge.stack.signingKey.jwk)
  edge.stack.clock.advance(30_000)
  expect(await edge.post(body)).toMatchObject({ status: 200 })
})

test('invariant 1: without the database the answer is 503, and reveals nothing about it', async () => {
  await using database = await createTestDatabase()
  const connection = connectDatabase(database.url)
  const stack = await createCallbackStack({ ...database, ...connection })
  onTestFinished(stack.close)
  await using edge = await createEdge(pathSecrets, stack)
  await connection.close()
  const { status, body: problem, text: answer } = await edge.post(body)
  expect([status, problem.reason]).toEqual([503, 'STORAGE_UNAVAILABLE'])
  expect(`${answer} ${edge.logged()}`).not.toMatch(/s3cr3t|insert into|CONNECTION_ENDED 127/)
})

/** The stack, with a watch that has found this. */
function troubled(stack: CallbackStack, trouble: ReturnType<CallbackStack['ctx']['watch']['trouble']>): CallbackStack {
  return { ...stack, ctx: { ...stack.ctx, watch: { ...stack.ctx.watch, trouble: () => trouble } } }
}

test.for(['down', 'read-only', 'full'] as const)(
  'invariant 26: while the database is %s a callback is answered 503 with a time, before anything is begun',
  async (trouble) => {
    await using edge = await createEdge(pathSecrets, troubled(await createStack(), trouble))
    const refused = await edge.post(body)

    expect(refused).toMatchObject({ status: 503, body: { reason: 'STORAGE_UNAVAILABLE' } })
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect(await edge.stack.rows()).toEqual([])
  },
)

test('invariant 26: a callback is tried while commits take long: it may never come again', async () => {
  await using edge = await createEdge(pathSecrets, troubled(await createStack(), 'not-committing'))
  expect(await edge.post(body)).toMatchObject({ status: 200 })
})

test('invariant 10: the log of a callback has its route, its account and its outcome', async () => {
  await using edge = await createEdge()
  await edge.post(body)
  const lines = edge
    .logged()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.find(({ msg }) => msg === 'callback')).toMatchObject({ status: 'accepted', accountId: account })
  expect(lines.find(({ msg }) => msg === 'request')).toMatchObject({
    route: '/trackunit/callback/:secret',
    status: 200,
  })
  expect(edge.logged()).not.toMatch(/s3cr3t|eyJ/)
})

test('a callback that cannot be verified yet is logged by its reason, without a stack: any sender can cause it', async () => {
  await using edge = await createEdge()
  edge.stack.published.fail()
  expect(await edge.post(body)).toMatchObject({ status: 503, body: { reason: 'KEYS_UNAVAILABLE' } })
  expect(edge.logged()).toContain('"reason":"KEYS_UNAVAILABLE"')
  expect(edge.logged()).not.toMatch(/"level":50|"places"/)
})

describe('a wrong path', () => {
  test('is a plain 404, and a genuine callback there is held', async () => {
    await using edge = await createEdge()
    const answer = await edge.post(body, { url: `${path}x` })
    expect(answer).toMatchObject({ status: 404, body: { reason: 'NOT_FOUND' } })
    expect(await listHeld(edge.stack.db, { limit: 9 })).toMatchObject([{ reason: 'NOT_FOUND', address: '127.0.0.1' }])
    expect(await edge.stack.rows()).toEqual([])
    expect(answer.text + edge.logged()).not.toMatch(/s3cr3t|eyJ/)
  })

  test('is also a 404 while the keys cannot be fetched, and a callback that may be genuine is kept', async () => {
    await using edge = await createEdge()
    edge.stack.published.fail()
    expect(await edge.post(body, { url: `${path}x` })).toMatchObject({ status: 404, body: { reason: 'NOT_FOUND' } })
    expect(await listHeld(edge.stack.db, { limit: 9 })).toMatchObject([{ state: 'unverified', reason: 'NOT_FOUND' }])
  })

  test('reveals nothing that another wrong path does not reveal', async () => {
    await using edge = await createEdge()
    const plain = (await edge.post(body, { url: '/nowhere' })).text
    const withoutId = (text: string) => text.replace(/"requestId":"[^"]*"/, '')
    for (const how of [
      { url: `${path}x` },
      { url: '/trackunit/callback' },
      { url: `${path}x`, headers: { 'content-type': 'text/plain' } },
      { url: `${path}x`, headers: { 'content-encoding': 'gzip' } },
      { url: `${path}x`, headers: { 'trackunit-identity': undefined } },
    ]) {
      const answer = await edge.post(body, how)
      expect([withoutId(answer.text), answer.headers.allow]).toEqual([withoutId(plain), undefined])
    }
    expect(withoutId((await edge.post('x'.repeat(20_000), { url: `${path}x` })).text)).toBe(withoutId(plain))
  })
})

test('another method is answered with the allowed one', async () => {
  await using edge = await createEdge()
  const response = await edge.server.inject({ method: 'GET', url: path })
  expect([response.statusCode, response.headers.allow, response.json().reason]).toEqual([
    405,
    'POST',
    'METHOD_NOT_ALLOWED',
  ])
})

test('refusals are counted by reason, at every step', async () => {
  await using edge = await createEdge()
  await edge.post(body, { headers: { 'trackunit-identity': 'nonsense' } })
  await edge.post(body, { headers: { 'content-type': 'text/plain' } })
  await edge.post('x'.repeat(20_000))
  await edge.post(body, { url: `${path}x` })
  await edge.post(body)
  await saveRejections(edge.stack.ctx)
  const { counts, samples } = await readRejections(edge.stack.db, { samples: 9 })
  expect(counts.map(({ reason, count }) => `${reason} ${count}`)).toEqual([
    'IDENTITY_INVALID 1',
    'INPUT_TOO_LARGE 1',
    'NOT_FOUND 1',
    'UNSUPPORTED_MEDIA_TYPE 1',
  ])
  expect(samples).toHaveLength(4)
  expect(JSON.stringify(samples)).not.toMatch(/s3cr3t|eyJ/)
})

test('a bare POST, as by curl, learns that the identity is missing', async () => {
  await using edge = await createEdge()
  const response = await edge.server.inject({ method: 'POST', url: path })
  expect([response.statusCode, response.json().reason]).toEqual([401, 'IDENTITY_MISSING'])
})

test('a sender that leaves in the middle of the body is counted, and breaks nothing', async () => {
  await using edge = await createEdge()
  await edge.server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = edge.server.server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1')
  const head = ['content-type: application/json', `trackunit-identity: ${edge.identity}`, 'content-length: 100']
  socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\n${head.join('\r\n')}\r\n\r\n{"type"`, () => socket.destroy())

  await vi.waitUntil(() => edge.stack.ctx.callbacks.rejections.samples.length > 0, patiently)
  expect(edge.stack.ctx.callbacks.rejections.samples[0]?.details.address).toBe('127.0.0.1')
  expect(edge.logged()).not.toContain('TypeError')
})
