import type { IssueTokenInput } from '@standin/contracts'
import { describe, expect, test } from 'vitest'
import { createBareContext } from '../../test/bare-context.ts'
import { type AccessContext, createAccessMemory } from '../access/access-context.ts'
import type { ServiceCaller } from '../access/caller.ts'
import { createServiceKey } from '../access/service-key.ts'
import { Secret } from '../config/secret.ts'
import type { HttpContext } from '../http/http-context.ts'
import { createHttpServer } from '../http/http-server.ts'
import { registerRestRoutes } from '../http/rest/register-rest-routes.ts'
import { contracted, router } from '../http/trpc.ts'
import { StandinError } from '../standin-error.ts'
import { createInForceMemory } from './in-force-memory.ts'
import { tokenProcedures } from './token-procedures.ts'
import { createTokenMemory, type TokensContext } from './tokens-context.ts'

const account = '11111111-1111-4111-8111-111111111111'
const other = '22222222-2222-4222-8222-222222222222'
const service: ServiceCaller = {
  kind: 'service',
  service: 'reports',
  keyId: 'k',
  mac: '',
  grants: [{ accountId: account, scopes: ['a', 'b'], mac: '' }],
}
const { key } = createServiceKey()
const serviceKey = `Bearer ${key.reveal()}`
const userToken = 'Bearer anna'

/** The route as a caller sees it: one token is in memory, and nothing is asked of a database. */
async function createApi(onRecord: () => void = () => {}) {
  const bare = createBareContext({
    environment: {
      TOKEN_CACHE_FOR_MS: '1000',
      USER_TOKEN_ISSUER: 'https://manager.example',
      USER_TOKEN_ACCOUNT_CLAIM: 'account',
      USER_TOKEN_JWKS_URL: 'https://manager.example/jwks',
      USER_TOKEN_AUDIENCE: 'api',
    },
    app: { scopes: ['a', 'b'].map((scope) => ({ scope, optional: false })) },
  })
  const asked: IssueTokenInput[] = []
  const audit: Partial<TokensContext['audit']> = {
    async recordHandOut({ accountId, scopeKey }) {
      asked.push({ accountId, scopes: scopeKey.split(' ') })
      onRecord()
      return true
    },
  }
  const watch: Partial<TokensContext['watch']> = { isDown: () => false, whileUp: (work) => work }
  const ctx = { ...bare, audit, watch, access: createAccessMemory(bare) } as unknown as TokensContext & HttpContext
  ctx.access.keys = { find: async () => service, on: (caller) => caller, wasGood: () => true, readAgain: () => {} }
  const claims = { iss: 'https://manager.example', sub: 'anna', aud: 'api', account, exp: 4_000_000_000 }
  const payload = new TextEncoder().encode(JSON.stringify(claims))
  ctx.access.userKeys = {
    verify: async () => ({ outcome: 'verified', payload }),
  } as unknown as AccessContext['access']['userKeys']

  ctx.tokens = createTokenMemory(ctx)
  const inForce = {
    accountId: account,
    mac: '',
    generation: 1,
    appId: 'app',
    clientId: 'c',
    sealedSecret: '',
    parked: false,
  }
  const find = async () => ({ ...inForce, grantedScopes: ['a', 'b'], missingFromPlan: [] })
  ctx.tokens.inForce = createInForceMemory({ clock: bare.clock, find })
  for (const scopeKey of ['a', 'a b'])
    ctx.tokens.cache.set(
      { accountId: account, scopeKey },
      {
        accessToken: new Secret('t0ken'),
        fingerprint: 'f',
        generation: 1,
        lifetimeMs: 3_600_000,
        endsAtMs: bare.clock.monotonicMs() + 3_000_000,
      },
    )
  const server = await createHttpServer(ctx)
  const procedures = router({ token: tokenProcedures(ctx, contracted(ctx)) })
  await registerRestRoutes(server, ctx, procedures)
  return {
    asked,
    post: (body: unknown, { authorization = serviceKey, ...headers }: Record<string, string> = {}) =>
      server.inject({
        method: 'POST',
        url: '/v1/token',
        payload: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { 'content-type': 'application/json', authorization, ...headers },
      }),
    [Symbol.asyncDispose]: () => server.close(),
  }
}

describe('POST /v1/token', () => {
  test('answers with the same JSON as the procedure, not to be stored on the way', async () => {
    await using api = await createApi()
    const answer = await api.post({ accountId: account.toUpperCase(), scopes: ['a'] })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({
      accessToken: 't0ken',
      tokenType: 'Bearer',
      scopes: ['a'],
      expiresAt: expect.any(String),
      expiresInMs: 3_000_000,
      cacheForMs: 1_000,
    })
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(api.asked).toEqual([{ accountId: account, scopes: ['a'] }])
  })

  test.for<{
    title: string
    body: unknown
    headers?: Record<string, string>
    is: [number, string]
  }>([
    {
      title: 'an unknown caller, before the body is read',
      body: '{',
      is: [401, 'UNAUTHENTICATED'],
      headers: { authorization: '' },
    },
    {
      title: 'a user of the account',
      body: { accountId: account },
      is: [403, 'ACCOUNT_FORBIDDEN'],
      headers: { authorization: userToken },
    },
    { title: 'a service without a grant', body: { accountId: other }, is: [403, 'ACCOUNT_FORBIDDEN'] },
    { title: 'an account that is none', body: { accountId: 'x' }, is: [400, 'INPUT_INVALID'] },
    {
      title: 'a field that is not known',
      body: { accountId: account, x: 1 },
      is: [400, 'INPUT_INVALID'],
    },
    { title: 'nothing', body: '', is: [400, 'INPUT_INVALID'] },
    { title: 'broken JSON', body: '{', is: [400, 'INPUT_INVALID'] },
    {
      title: 'another type',
      body: '{}',
      headers: { 'content-type': 'text/plain' },
      is: [415, 'UNSUPPORTED_MEDIA_TYPE'],
    },
  ])('invariant 24: refuses $title', async ({ body, headers, is }) => {
    await using api = await createApi()
    const answer = await api.post(body, headers)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect([answer.statusCode, answer.json().reason]).toEqual(is)
    expect(api.asked).toEqual([])
  })

  test('says when to retry', async () => {
    await using api = await createApi(() => {
      throw new StandinError('TRACKUNIT_RATE_LIMITED', { retryAfterMs: 1_500 })
    })
    const answer = await api.post({ accountId: account })
    expect(answer.headers['retry-after']).toBe('2')
    expect(answer.json()).toMatchObject({ reason: 'TRACKUNIT_RATE_LIMITED', retryAfterMs: 1_500 })
  })
})
