import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { procedures } from '@standin/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createHttpStack } from '../../../test/http-stack.ts'
import type { ServiceCaller } from '../../access/caller.ts'
import { createServiceKey } from '../../access/service-key.ts'
import { Secret } from '../../config/secret.ts'
import { StandinError } from '../../standin-error.ts'
import { issueToCaller } from '../../tokens/issue-to-caller.ts'
import { fastTokenRoute } from '../../tokens/token-route.ts'
import { createTokenMemory, type TokensContext } from '../../tokens/tokens-context.ts'
import { createHttpServer } from '../http-server.ts'
import { registerRestRoutes } from '../rest/register-rest-routes.ts'
import { contracted, router } from '../trpc.ts'
import { registerTrpcRoute } from '../trpc-route.ts'
import { fastMutation } from './fast-mutation.ts'

const account = '11111111-1111-4111-8111-111111111111'
const ours = '22222222-2222-4222-8222-222222222222'
const broken = '33333333-3333-4333-8333-333333333333'
const service = (keyId: string): ServiceCaller => ({
  kind: 'service',
  service: 's',
  keyId,
  mac: '',
  grants: [{ accountId: 'all', scopes: ['a'], mac: '' }],
})
const stack = createHttpStack({
  logLevel: 'info',
  environment: { APP_ORIGINS: 'https://app.example' },
  budgets: { serviceRequestsPerS: 1_000 },
})
const [good, limited] = [stack.admit(service('good')), stack.admit(service('limited'))]
const revoked = `Bearer ${createServiceKey().key.reveal()}`

/** Tokens from memory, with one account that refuses them and one that fails. */
function createTokens(onIssued: () => void): TokensContext & typeof stack.ctx {
  const { ctx } = stack
  const watch = {
    isDown: () => false,
    downForMs: () => 0,
    suspect: async () => false,
    onUp: () => () => {},
    stop: () => {},
    trouble: () => undefined,
    clockOffByMs: () => undefined,
    whileUp: <Result>(work: Promise<Result>) => work,
  }
  const listener = { replica: { id: () => 1 } } as unknown as TokensContext['listener']
  const replica = { ...ctx, watch, listener, directUrl: '' }
  const tokens = createTokenMemory({
    ...replica,
    config: { ...ctx.config, app: { ...ctx.config.app, scopes: [{ scope: 'a', optional: false }] } },
  })
  const token = { accessToken: new Secret('tøken'), fingerprint: 'f', generation: 1, lifetimeMs: 3_600_000 }
  tokens.cache.get = () => ({ ...token, endsAtMs: 3_600_000 })
  tokens.inForce.get = (accountId) => {
    if (accountId === ours) throw new StandinError('CREDENTIALS_PENDING', { retryAfterMs: 5, detail: 'Now.' })
    if (accountId === broken) throw Object.assign(new Error('s3cr3t'), { code: 'LIB' })
    return { generation: 1, grantedScopes: ['a'], missingFromPlan: [] } as unknown as ReturnType<
      typeof tokens.inForce.lastRead
    > &
      object
  }
  return {
    ...replica,
    trackunit: {} as TokensContext['trackunit'],
    accounts: {} as TokensContext['accounts'],
    tokens,
    audit: {
      ...ctx.audit,
      async recordHandOut() {
        onIssued()
        return true
      },
    },
    access: {
      ...ctx.access,
      budgets: {
        ...ctx.access.budgets,
        async countCalls(caller, calls) {
          if (caller.kind === 'service' && caller.keyId === 'limited')
            throw new StandinError('RATE_LIMITED', { retryAfterMs: 1_500 })
          return ctx.access.budgets.countCalls(caller, calls)
        },
      },
    },
  }
}

/** One server: a request to its port may take the fast path, an injected one goes through Fastify. */
async function createBothWays() {
  let issued = 0
  let viaFastify = 0
  const { refused } = stack
  const ctx = createTokens(() => issued++)
  const fastIssue = fastMutation(ctx, 'token.issue', procedures.token.issue, (caller, input) =>
    issueToCaller(ctx, caller, input),
  )
  const server = await createHttpServer(ctx, [fastTokenRoute(ctx), fastIssue])
  server.addHook('onRequest', async () => void viaFastify++)
  const api = router({
    token: {
      issue: contracted(ctx)
        .call(procedures.token.issue)
        .mutation(({ ctx: { caller }, input }) => issueToCaller(ctx, caller, input)),
    },
  })
  await registerRestRoutes(server, ctx, api)
  await registerTrpcRoute(server, ctx, api)
  await server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = server.server.address() as AddressInfo

  const noted = async (ask: () => Promise<{ status: number; headers: Record<string, unknown>; body: string }>) => {
    stack.forgetLog()
    ;[issued, viaFastify] = [0, 0]
    const { status, headers, body } = await ask()
    while (!stack.logged().includes('"request"')) await new Promise(setImmediate)
    const withoutId = (text: string) =>
      text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}(?=")/g, (id) => (id === account ? id : '-'))
    const lines = stack
      .logged()
      .replace(/"(time|pid|ms)":\d+,?/g, '')
      .replace(/"hostname":"[^"]*",?/, '')
    return {
      viaFastify,
      seen: {
        status,
        issued,
        refused: [...refused],
        body: withoutId(body),
        log: withoutId(lines).replace(/"places":\[[^\]]*\]/g, ''),
        headers: Object.fromEntries(
          // Without content-length, since tRPC streams its answers.
          ['content-type', 'cache-control', 'vary', 'retry-after', 'access-control-allow-origin'].map((name) => [
            name,
            headers[name] === undefined ? undefined : String(headers[name]),
          ]),
        ),
      },
    }
  }
  return {
    port,
    viaFastify: () => viaFastify,
    async compare({ url, headers, body }: Asked) {
      const overPort = await noted(async () => {
        const asking = httpRequest({ port, host: '127.0.0.1', path: url, method: 'POST', headers })
        asking.end(body)
        const [answer] = await once(asking, 'response')
        return {
          status: answer.statusCode,
          headers: answer.headers,
          body: Buffer.concat(await answer.toArray()).toString(),
        }
      })
      const injected = await noted(async () => {
        const answer = await server.inject({ method: 'POST', url, headers, payload: body })
        return { status: answer.statusCode, headers: answer.headers, body: answer.body }
      })
      return { overPort, injected }
    },
    close: () => server.close(),
  }
}

interface Asked {
  url: string
  headers: Record<string, string>
  body: string | Buffer
}
const json = { authorization: good, 'content-type': 'application/json' }
const rest = (body: unknown, headers: Record<string, string> = {}, url = '/v1/token'): Asked => {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  return { url, headers: { ...json, 'content-length': String(Buffer.byteLength(text)), ...headers }, body: text }
}
const trpc = (path: string, body: unknown, headers: Record<string, string> = {}) => rest(body, headers, `/trpc/${path}`)
const asks = { accountId: account, scopes: ['a'] }
const as = (authorization: string) => ({ authorization: authorization.replace('Bearer', 'bearer') })

const deep = `{"accountId":${'['.repeat(30_000)}${']'.repeat(30_000)}}`
const notUtf8 = Buffer.concat([
  Buffer.from(`{"accountId":"${account}","scopes":["`),
  Buffer.of(0xff),
  Buffer.from('"]}'),
])

const direct: Record<string, Asked> = {
  'a token': rest(asks),
  'a key that asks too often': rest(asks, as(limited)),
  'a key that is good no more': rest(asks, as(revoked)),
  'an error of ours': rest({ accountId: ours }),
  'an error of a library': rest({ accountId: broken }),
  'a procedure': trpc('token.issue', asks),
  'a procedure with an input that does not fit': trpc('token.issue', { accountId: 'x' }),
  'a procedure with an error of ours': trpc('token.issue', { accountId: ours }),
  'a procedure with an error of a library': trpc('token.issue', { accountId: broken }),
  'a procedure, asked too often': trpc('token.issue', asks, as(limited)),
  'a procedure with an input nested 30,000 deep': trpc('token.issue', deep),
  'a batch of all that': trpc('token.issue,token.issue,token.issue?batch=1', { 0: asks, 1: { accountId: ours } }),
}
const left: Record<string, Asked> = {
  'broken JSON': rest('{"accountId":'),
  'an input that does not fit': rest({ accountId: 'x' }),
  'a field that is not known': rest({ ...asks, x: 1 }),
  'a name that is a trap': rest(`{"accountId":"${account}","__proto__":{}}`),
  'an input nested 30,000 deep': rest(deep),
  'text that cannot be stored': rest({ ...asks, scopes: ['a\0'] }),
  'a number beyond all numbers': rest(`{"accountId":"${account}","scopes":[1e999]}`),
  'what is not UTF-8': rest(notUtf8),
  'a procedure with what is not UTF-8': trpc('token.issue', notUtf8),
  'another type': rest(asks, { 'content-type': 'text/plain' }),
  'a type with a character set': rest(asks, { 'content-type': 'application/json; charset=utf-8' }),
  'a browser': rest(asks, { origin: 'https://app.example' }),
  nobody: rest(asks, { authorization: 'Bearer nobody' }),
  'a key with a typo': rest(asks, { authorization: `${good}x` }),
  'more than a request may hold': rest({ accountId: 'x'.repeat(70_000) }),
  'another address': rest(asks, {}, '/v1/token?x=1'),
  'an unknown procedure': trpc('token.nowhere', asks),
  'a procedure with broken JSON': trpc('token.issue', '{'),
  'a batch with an unknown procedure': trpc('token.issue,token.nowhere?batch=1', { 0: asks }),
  'a batch whose inputs are an array': trpc('token.issue?batch=1', [asks]),
  'a stream of outcomes': trpc('token.issue?batch=1', { 0: asks }, { 'trpc-accept': 'application/jsonl' }),
  'a path that is encoded': trpc('token%2Eissue', asks),
}

let ways: Awaited<ReturnType<typeof createBothWays>>
beforeAll(async () => {
  ways = await createBothWays()
})
afterAll(() => ways.close())

describe('requests of services get the same answer on the fast path as from Fastify', () => {
  test.for(Object.entries(direct))('%s', async ([, asked]) => {
    const { overPort, injected } = await ways.compare(asked)
    expect(overPort.seen).toEqual(injected.seen)
    expect([overPort.viaFastify, injected.viaFastify]).toEqual([0, 1])
  })
})

describe('all other requests are passed on to Fastify, with their body unread', () => {
  test.for(Object.entries(left))('%s', async ([, asked]) => {
    const { overPort, injected } = await ways.compare(asked)
    expect(overPort.seen).toEqual(injected.seen)
    expect([overPort.viaFastify, injected.viaFastify]).toEqual([1, 1])
  })
})

test('a body may arrive in pieces, and several requests on one connection', async () => {
  const { headers, body } = rest(asks)
  const head = Object.entries({ ...headers, host: 'x' }).map(([name, value]) => `${name}: ${value}\r\n`)
  const request = `POST /v1/token HTTP/1.1\r\n${head.join('')}\r\n${body}`
  const socket = connect(ways.port, '127.0.0.1')
  const half = request.length - 20
  socket.write(request + request.slice(0, half))
  let answers = ''
  for await (const piece of socket) {
    answers += piece
    const count = answers.split('"accessToken"').length - 1
    if (count === 1 && !socket.writableEnded) socket.end(request.slice(half))
    if (count === 2) break
  }
  expect(answers.match(/HTTP\/1.1 200 OK/g)).toHaveLength(2)
})

test.each([
  ['an input nested 30,000 deep', rest(deep), 'accountId'],
  ['the same in a procedure', trpc('token.issue', deep), 'accountId'],
  ['text that cannot be stored', rest({ ...asks, scopes: ['a\0'] }), 'scopes.0'],
  ['a number beyond all numbers', rest(`{"accountId":"${account}","scopes":[1e999]}`), 'scopes.0'],
  ['what is not UTF-8', rest(notUtf8), 'not UTF-8'],
  ['the same in a procedure', trpc('token.issue', notUtf8), 'not UTF-8'],
])('%s is refused with the place named', async (_title, asked, named) => {
  const { seen } = (await ways.compare(asked)).overPort
  expect({ status: seen.status, body: seen.body }).toEqual({ status: 400, body: expect.stringContaining(named) })
  expect(seen.body).toContain('INPUT_INVALID')
})

test('invariant 25: each call of a batch counts, on the fast path too; refused calls are told when to retry', async () => {
  const headers = as(stack.admit({ ...service('few'), service: 'few' }))
  const batch = trpc(`${Array(100).fill('token.issue').join()}?batch=1`, { ...Array(100).fill(asks) }, headers)
  // 1,000 a second, over ten seconds.
  for (let sent = 0; sent < 99; sent++)
    await stack.ctx.access.budgets.countCalls({ ...service('few'), service: 'few' }, 100)
  await stack.ctx.access.budgets.countCalls({ ...service('few'), service: 'few' }, 60)
  const { seen } = (await ways.compare(batch)).overPort
  const outcomes = JSON.parse(seen.body) as Array<{ error?: { data: { reason: string } } }>

  expect(outcomes.map(({ error }) => error?.data.reason)).toEqual([
    ...Array(40).fill(undefined),
    ...Array(60).fill('RATE_LIMITED'),
  ])
  expect(Number(seen.headers['retry-after'])).toBeGreaterThan(0)
})
