import type { IssueTokenInput } from '@standin/contracts'
import { describe, expect, test } from 'vitest'
import { createAdjustableClock } from '../../test/adjustable-clock.ts'
import type { Caller } from '../access/caller.ts'
import { Secret } from '../config/secret.ts'
import { createHttpServer } from '../http/http-server.ts'
import { createLogger } from '../observability/logger.ts'
import { StandinError } from '../standin-error.ts'
import { createIssueToCaller } from './issue-to-caller.ts'
import { registerTokenRoute } from './token-route.ts'

const account = '11111111-1111-4111-8111-111111111111'
const other = '22222222-2222-4222-8222-222222222222'
const service: Caller = {
  ...{ kind: 'service', service: 'reports', keyId: 'k' },
  grants: [{ accountId: account, scopes: ['a', 'b'] }],
}
const user: Caller = {
  ...{ kind: 'user', id: 'anna', name: null, accountId: account, scopes: ['a'] },
  expiresAt: new Date('2099-01-01'),
}

/** The route as a caller sees it. */
async function createApi(caller: Caller | undefined, issue: () => void = () => {}) {
  const clock = createAdjustableClock()
  const asked: IssueTokenInput[] = []
  const server = await createHttpServer(
    { port: 0, host: '127.0.0.1', publicUrl: undefined, trustProxy: false, appOrigins: [] },
    createLogger('silent'),
  )
  await registerTokenRoute(server, {
    clock,
    authenticate: async () => {
      if (!caller) throw new StandinError('UNAUTHENTICATED')
      return caller
    },
    issueToCaller: createIssueToCaller({
      clock,
      allowedCacheMs: 1_000,
      issueToken: async (_receiver, wanted) => {
        asked.push(wanted)
        issue()
        const accessToken = new Secret('t0ken')
        return { accessToken, fingerprint: 'f', scopes: ['a'], leftMs: 3_000_000, lifetimeMs: 3_600_000 }
      },
    }),
  })
  return {
    asked,
    post: (body: unknown, headers: Record<string, string> = {}) =>
      server.inject({
        ...{ method: 'POST', url: '/v1/token' },
        payload: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { 'content-type': 'application/json', authorization: 'Bearer x', ...headers },
      }),
    [Symbol.asyncDispose]: () => server.close(),
  }
}

describe('POST /v1/token', () => {
  test('answers with the same JSON as the procedure, not to be stored on the way', async () => {
    await using api = await createApi(service)
    const answer = await api.post({ accountId: account.toUpperCase(), scopes: ['a'] })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({
      ...{ accessToken: 't0ken', tokenType: 'Bearer', scopes: ['a'] },
      ...{ expiresAt: expect.any(String), expiresInMs: 3_000_000, cacheForMs: 1_000 },
    })
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(api.asked).toEqual([{ accountId: account, scopes: ['a'] }])
  })

  test.for<{
    title: string
    caller: Caller | undefined
    body: unknown
    headers?: Record<string, string>
    is: [number, string]
  }>([
    { title: 'nobody, before the body is looked at', caller: undefined, body: '{', is: [401, 'UNAUTHENTICATED'] },
    { title: 'a user of the account', caller: user, body: { accountId: account }, is: [403, 'ACCOUNT_FORBIDDEN'] },
    { title: 'a service without a grant', caller: service, body: { accountId: other }, is: [403, 'ACCOUNT_FORBIDDEN'] },
    { title: 'an account that is none', caller: service, body: { accountId: 'x' }, is: [400, 'INPUT_INVALID'] },
    {
      title: 'a field that is not known',
      caller: service,
      body: { accountId: account, x: 1 },
      is: [400, 'INPUT_INVALID'],
    },
    { title: 'nothing', caller: service, body: '', is: [400, 'INPUT_INVALID'] },
    { title: 'broken JSON', caller: service, body: '{', is: [400, 'INPUT_INVALID'] },
    {
      ...{ title: 'another type', caller: service, body: '{}', headers: { 'content-type': 'text/plain' } },
      is: [415, 'UNSUPPORTED_MEDIA_TYPE'],
    },
  ])('invariant 24: refuses $title', async ({ caller, body, headers, is }) => {
    await using api = await createApi(caller)
    const answer = await api.post(body, headers)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect([answer.statusCode, answer.json().reason]).toEqual(is)
    expect(api.asked).toEqual([])
  })

  test('says when to come again', async () => {
    await using api = await createApi(service, () => {
      throw new StandinError('TRACKUNIT_RATE_LIMITED', { retryAfterMs: 1_500 })
    })
    const answer = await api.post({ accountId: account })
    expect(answer.headers['retry-after']).toBe('2')
    expect(answer.json()).toMatchObject({ reason: 'TRACKUNIT_RATE_LIMITED', retryAfterMs: 1_500 })
  })
})
