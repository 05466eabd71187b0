import { inspect } from 'node:util'
import { type DocumentNode, parse } from 'graphql'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { createBareContext } from '../../test/bare-context.ts'
import { json, page, type Respond, startLocalServer } from '../../test/local-server.ts'
import { Secret } from '../config/secret.ts'
import { createAccountClient } from './account-client.ts'
import { changeOfDocument } from './graphql-document.ts'
import type { TrackunitRequests } from './trackunit-client.ts'

async function connect(respond: Respond) {
  const server = await startLocalServer(respond)
  const asked: Array<string | undefined> = []
  const abort = new AbortController()
  const environment = { TRACKUNIT_API_URL: server.url }
  const ctx = createBareContext({ fetch, environment, userAgent: 'Standin/test (@maker/app)' })
  const token = async (rejectedFingerprint?: string) => {
    asked.push(rejectedFingerprint)
    const number = asked.length
    return { accessToken: new Secret(`token-${number}`), fingerprint: `fingerprint-${number}`, leftMs: 60_000 }
  }
  const account = { accountId: 'an account', isUrgent: true, signal: abort.signal, token }
  const client = createAccountClient(ctx, account, { before: async () => {}, after: async () => {} })
  return { server, client, asked, abort, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

test('asks GraphQL as it is documented, with the trailing slash, and names itself', async () => {
  await using trackunit = await connect(json({ data: { assets: [] } }))

  const answer = await trackunit.client.graphql('query { assets }', { first: 1 })

  expect(answer).toEqual({ data: { assets: [] }, isPartial: false })
  expect(trackunit.server.requests).toMatchObject([
    {
      method: 'POST',
      path: '/api/graphql/',
      headers: {
        authorization: 'Bearer token-1',
        'content-type': 'application/json',
        accept: 'application/json',
        'user-agent': 'Standin/test (@maker/app)',
      },
      body: JSON.stringify({
        query: 'query { assets rateLimit { cost remaining resetIn } }', // To learn what it cost.
        variables: { first: 1 },
      }),
    },
  ])
})

test('asks REST by path and query', async () => {
  await using trackunit = await connect(json({ totalElements: 3 }))

  expect(await trackunit.client.get('/api/asset/v2/assets', { size: 1, name: 'ä b' })).toEqual({ totalElements: 3 })
  expect(trackunit.server.requests).toMatchObject([
    { method: 'GET', path: '/api/asset/v2/assets?size=1&name=%C3%A4+b' },
  ])
})

test.for([
  { method: 'POST', send: ({ post }: TrackunitRequests) => post('/api/orders', { a: 1 }, { dry: 'no' }) },
  { method: 'PUT', send: ({ put }: TrackunitRequests) => put('/api/orders', { a: 1 }, { dry: 'no' }) },
  { method: 'PATCH', send: ({ patch }: TrackunitRequests) => patch('/api/orders', { a: 1 }, { dry: 'no' }) },
])('sends a $method with its body as JSON', async ({ method, send }) => {
  await using trackunit = await connect(json({ id: 7 }))
  expect(await send(trackunit.client)).toEqual({ id: 7 })
  expect(trackunit.server.requests).toMatchObject([
    { method, path: '/api/orders?dry=no', body: '{"a":1}', headers: { 'content-type': 'application/json' } },
  ])
})

test('sends a DELETE; an empty answer is nothing', async () => {
  await using trackunit = await connect((response) => response.writeHead(204).end())
  expect(await trackunit.client.delete('/api/orders/7')).toBeUndefined()
  expect(trackunit.server.requests).toMatchObject([{ method: 'DELETE', path: '/api/orders/7', body: '' }])
})

test('a document with its types gives them to its variables and its answer', async () => {
  await using trackunit = await connect(json({ data: { asset: { name: 'EX-1' } } }))
  interface Answer {
    asset: { name: string }
  }
  // As GraphQL Code Generator makes them, with graphql-js of any version.
  const parsed = parse('query Asset($id: ID!) { asset(id: $id) { name } }') as TypedNode<Answer, { id: string }>
  class TypedText extends String {
    __apiType?: (variables: { id: string }) => Answer
  }
  const text = new TypedText('query Asset($id: ID!) { asset(id: $id) { name } }')

  for (const document of [parsed, text]) {
    const { data } = await trackunit.client.graphql(document, { id: '7' })
    expectTypeOf(data).toEqualTypeOf<Answer>()
    expect(data.asset.name).toBe('EX-1')
  }
  const { requests } = trackunit.server
  expect(requests.map(({ body }) => JSON.parse(body).variables)).toEqual([{ id: '7' }, { id: '7' }])
  for (const { body } of requests) expect(changeOfDocument(JSON.parse(body).query)).toBeUndefined()
  // @ts-expect-error: the variable is missing
  const wrong = () => trackunit.client.graphql(parsed, {})
  // @ts-expect-error: the variables are missing
  const missing = () => trackunit.client.graphql(parsed)
  expect([wrong, missing]).toHaveLength(2)
})

interface TypedNode<Data, Variables> extends DocumentNode {
  __apiType?: (variables: Variables) => Data
}

describe('invariant 15: a refused token', () => {
  test('is replaced once, by naming its fingerprint', async () => {
    await using trackunit = await connect((response, request) =>
      request.headers.authorization === 'Bearer token-1'
        ? response.writeHead(401).end()
        : json({ data: { ok: true } })(response, request),
    )

    expect(await trackunit.client.graphql('query { ok }')).toMatchObject({ data: { ok: true } })
    expect(trackunit.asked).toEqual([undefined, 'fingerprint-1'])
  })

  test('the second refusal stands', async () => {
    await using trackunit = await connect(json({}, { status: 401 }))

    await expect(trackunit.client.get('/x')).rejects.toMatchObject({ reason: 'TRACKUNIT_REFUSED' })
    expect(trackunit.server.requests).toHaveLength(2)
  })
})

describe('every failure becomes a reason', () => {
  test.for<{ title: string; respond: Respond; reason: string }>([
    { title: 'a page with 404', respond: page(404), reason: 'TRACKUNIT_REFUSED' },
    {
      title: '429',
      respond: json({}, { status: 429, headers: { 'retry-after': '1' } }),
      reason: 'TRACKUNIT_RATE_LIMITED',
    },
    { title: '500', respond: json({}, { status: 500 }), reason: 'TRACKUNIT_UNAVAILABLE' },
    { title: 'no JSON', respond: (response) => response.writeHead(200).end('{'), reason: 'TRACKUNIT_UNAVAILABLE' },
    {
      title: 'a broken connection',
      respond: (response) => response.socket?.destroy(),
      reason: 'TRACKUNIT_UNAVAILABLE',
    },
    {
      title: 'a redirect',
      respond: (response) => response.writeHead(302, { location: '/elsewhere' }).end(),
      reason: 'TRACKUNIT_UNAVAILABLE',
    },
  ])('$title: $reason', async ({ respond, reason }) => {
    await using trackunit = await connect(respond)

    const failure = await trackunit.client.get('/x').catch((error: unknown) => error)

    expect(failure).toMatchObject({ reason })
    expect(inspect(failure, { depth: null })).not.toContain('token-1')
  })

  test('an abort ends a request under way with its own reason', async () => {
    const arrived = Promise.withResolvers<void>()
    await using trackunit = await connect(() => arrived.resolve())

    const answer = trackunit.client.graphql('query { slow }')
    await arrived.promise
    trackunit.abort.abort('cancelled')

    await expect(answer).rejects.toBe('cancelled')
  })
})

test('the token goes to no other host, whatever the path', async () => {
  await using trackunit = await connect(json({}))

  await expect(trackunit.client.get('@localhost/x')).rejects.toThrow('begins with a slash')
  await expect(trackunit.client.get('.example.com/x')).rejects.toThrow('begins with a slash')
  expect(trackunit.server.requests).toEqual([])
})
