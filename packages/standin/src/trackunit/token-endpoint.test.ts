import { inspect } from 'node:util'
import { UnsecuredJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { createAdjustableClock } from '../../test/adjustable-clock.ts'
import { createBareContext } from '../../test/bare-context.ts'
import { json, page, type Respond, startLocalServer } from '../../test/local-server.ts'
import { Secret } from '../config/secret.ts'
import { scopeSet } from './scope-set.ts'
import { askTokenEndpoint } from './token-endpoint.ts'

const clientSecret = 's3cr3t&with=signs'
const accessToken = 'an-access-token-of-trackunit'
const documented = { token_type: 'Bearer', expires_in: 3600, access_token: accessToken, scope: 'a b' }
const start = new Date('2026-01-01T00:00:00Z')
const startS = start.getTime() / 1_000

async function exchange(respond: Respond, { scopes = ['a', 'b'], timeoutMs = 20_000 } = {}) {
  await using server = await startLocalServer(respond)
  const clock = createAdjustableClock(start)
  const environment = { TRACKUNIT_TOKEN_URL: `${server.url}/apptoken` }
  const ctx = createBareContext({ clock, fetch, environment, userAgent: 'Standin/test' })
  const credentials = { clientId: 'client 1', clientSecret: new Secret(clientSecret) }
  const exchanged = await askTokenEndpoint(ctx, credentials, scopeSet(scopes), { timeoutMs })
  expect(inspect(exchanged, { depth: null })).not.toContain(clientSecret)
  expect(inspect(exchanged, { depth: null })).not.toContain(accessToken)
  return { exchanged, requests: server.requests }
}

const jwt = (claims: object) => new UnsecuredJWT({ ...claims }).encode()
/** With this JSON as its claims, such as numbers that no encoder would write. */
const jwtOf = (json: string) => `${jwt({}).split('.')[0]}.${Buffer.from(json).toString('base64url')}.`

test('sends the documented form and nothing else', async () => {
  const { requests } = await exchange(json(documented))

  expect(requests).toHaveLength(1)
  const [{ method, path, headers, body }] = requests as [(typeof requests)[number]]
  expect({ method, path }).toEqual({ method: 'POST', path: '/apptoken' })
  expect(headers).toMatchObject({
    'content-type': expect.stringContaining('application/x-www-form-urlencoded'),
    'user-agent': 'Standin/test',
  })
  expect(headers).not.toHaveProperty('authorization')
  expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
    grant_type: 'client_credentials',
    client_id: 'client 1',
    client_secret: clientSecret,
    scope: 'a b',
  })
})

test('understands the documented answer', async () => {
  const { exchanged } = await exchange(json(documented))

  expect(exchanged).toMatchObject({
    outcome: 'token',
    token: { granted: { scopes: ['a', 'b'] }, lifetimeMs: 3_600_000, askedAtMs: 0 },
  })
  if (exchanged.outcome === 'token') expect(exchanged.token.accessToken.reveal()).toBe(accessToken)
})

describe('invariant 13: lifetimes', () => {
  test.for([
    { says: 'a number', answer: { expires_in: 1200 }, lifetimeMs: 1_200_000 },
    { says: 'text', answer: { expires_in: '3600' }, lifetimeMs: 3_600_000 },
    { says: 'nothing', answer: { expires_in: undefined }, lifetimeMs: 300_000 },
    {
      says: 'nothing, beside a JWT with iat and exp',
      answer: { expires_in: undefined, access_token: jwt({ iat: startS - 5, exp: startS + 895 }) },
      lifetimeMs: 900_000,
    },
    {
      says: 'nothing, beside a JWT with exp alone',
      answer: { expires_in: undefined, access_token: jwt({ exp: startS + 600 }) },
      lifetimeMs: 600_000,
    },
    {
      says: 'more than the token’s own life',
      answer: { expires_in: 3600, access_token: jwt({ iat: startS - 5, exp: startS + 895 }) },
      lifetimeMs: 900_000,
    },
    { says: 'more than a day', answer: { expires_in: 1e12 }, lifetimeMs: 86_400_000 },
    {
      says: 'a number, beside a JWT whose times overflow',
      answer: { access_token: jwtOf('{"iat":1e999,"exp":1e999}') },
      lifetimeMs: 3_600_000,
    },
    {
      says: 'nothing, beside a JWT whose times overflow',
      answer: { expires_in: undefined, access_token: jwtOf('{"exp":1e999}') },
      lifetimeMs: 300_000,
    },
  ])('expires_in says $says', async ({ answer, lifetimeMs }) => {
    const { exchanged } = await exchange(json({ ...documented, ...answer }))
    expect(exchanged).toMatchObject({ outcome: 'token', token: { lifetimeMs } })
  })

  test.for([
    { says: 'zero', answer: { expires_in: 0 } },
    { says: 'a negative number', answer: { expires_in: -1 } },
    { says: 'words', answer: { expires_in: 'soon' } },
    {
      says: 'nothing, beside a JWT that has ended',
      answer: { expires_in: undefined, access_token: jwt({ exp: startS - 1 }) },
    },
  ])('expires_in says $says: nonsense', async ({ answer }) => {
    const { exchanged } = await exchange(json({ ...documented, ...answer }))
    expect(exchanged).toEqual({ outcome: 'failed', failure: 'nonsense' })
  })
})

describe('invariant 17: scopes', () => {
  test.for([
    { title: 'a shorter scope is what was granted', scope: 'b', granted: ['b'] },
    { title: 'an empty scope is an empty set', scope: '', granted: [] },
    { title: 'no scope is what was asked for', scope: undefined, granted: ['a', 'b'] },
  ])('$title', async ({ scope, granted }) => {
    const { exchanged } = await exchange(json({ ...documented, scope }))
    expect(exchanged).toMatchObject({ outcome: 'token', token: { granted: { scopes: granted } } })
  })
})

describe('every failure is one of a fixed list', () => {
  test.for<{ title: string; respond: Respond; failure: string; retryAfterMs?: number }>([
    { title: 'invalid_client', respond: json({ error: 'invalid_client' }, { status: 400 }), failure: 'invalid-client' },
    {
      title: 'invalid_client behind a challenge',
      respond: json({ error: 'invalid_client' }, { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }),
      failure: 'invalid-client',
    },
    {
      title: "Okta's form",
      respond: json({ errorCode: 'invalid_client', errorSummary: 'no' }, { status: 401 }),
      failure: 'invalid-client',
    },
    { title: 'invalid_scope', respond: json({ error: 'invalid_scope' }, { status: 400 }), failure: 'invalid-scope' },
    {
      title: 'access_denied, which says nothing of the credentials',
      respond: json({ error: 'access_denied' }, { status: 403 }),
      failure: 'nonsense',
    },
    {
      title: 'an undocumented code',
      respond: json({ error: 'on_fire' }, { status: 400 }),
      failure: 'nonsense',
    },
    { title: 'a page with 400', respond: page(400), failure: 'nonsense' },
    { title: 'a page with 200', respond: page(200), failure: 'nonsense' },
    { title: 'a page with 503', respond: page(503), failure: 'unavailable' },
    { title: 'null', respond: json(null), failure: 'nonsense' },
    { title: 'null with 400', respond: json(null, { status: 400 }), failure: 'nonsense' },
    { title: 'a list of scopes', respond: json({ ...documented, scope: ['a', 'b'] }), failure: 'nonsense' },
    { title: 'scopes that cannot be stored', respond: json({ ...documented, scope: 'a b\0' }), failure: 'nonsense' },
    { title: 'another type of token', respond: json({ ...documented, token_type: 'mac' }), failure: 'nonsense' },
    { title: 'no token', respond: json({ ...documented, access_token: undefined }), failure: 'nonsense' },
    { title: '429 without a time', respond: json({}, { status: 429 }), failure: 'rate-limited' },
    {
      title: '429 with seconds',
      respond: json({}, { status: 429, headers: { 'retry-after': '7' } }),
      failure: 'rate-limited',
      retryAfterMs: 7_000,
    },
    {
      title: '429 until a date',
      respond: json({}, { status: 429, headers: { 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' } }),
      failure: 'rate-limited',
      retryAfterMs: 30_000,
    },
    {
      title: '503 with seconds',
      respond: json({}, { status: 503, headers: { 'retry-after': '2' } }),
      failure: 'unavailable',
      retryAfterMs: 2_000,
    },
    { title: 'a broken connection', respond: (response) => response.socket?.destroy(), failure: 'unavailable' },
  ])('$title: $failure', async ({ respond, failure, retryAfterMs }) => {
    const { exchanged } = await exchange(respond)
    expect(exchanged).toEqual({ outcome: 'failed', failure, ...(retryAfterMs !== undefined && { retryAfterMs }) })
  })

  test('gives up on an endpoint that hangs', async () => {
    const { exchanged } = await exchange(() => {}, { timeoutMs: 60 })
    expect(exchanged).toEqual({ outcome: 'failed', failure: 'unavailable' })
  })

  test('gives up on an answer that starts and never ends', async () => {
    const { exchanged } = await exchange((response) => response.writeHead(200).write('{'), { timeoutMs: 60 })
    expect(exchanged).toEqual({ outcome: 'failed', failure: 'unavailable' })
  })

  test('an endless answer is cut off', async () => {
    let sentBytes = 0
    const { exchanged } = await exchange((response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const more = () => {
        while (!response.destroyed && sentBytes < 64 * 1024 * 1024) {
          sentBytes += 16_384
          if (!response.write('x'.repeat(16_384))) return void response.once('drain', more)
        }
      }
      more()
    })
    expect(exchanged).toEqual({ outcome: 'failed', failure: 'unavailable' })
    expect(sentBytes).toBeLessThan(32 * 1024 * 1024)
  })

  test('a redirect is not followed: the secret would be posted again, elsewhere', async () => {
    await using elsewhere = await startLocalServer(json(documented))
    const { exchanged } = await exchange((response) => response.writeHead(307, { location: elsewhere.url }).end())

    expect(exchanged).toEqual({ outcome: 'failed', failure: 'unavailable' })
    expect(elsewhere.requests).toEqual([])
  })
})
