import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { Agent, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { procedures } from '@standin/contracts'
import type { ServiceCaller } from '../src/access/caller.ts'
import { Secret } from '../src/config/secret.ts'
import { fastMutation } from '../src/http/fast-path/fast-mutation.ts'
import { createHttpServer } from '../src/http/http-server.ts'
import { registerRestRoutes } from '../src/http/rest/register-rest-routes.ts'
import { contracted, router } from '../src/http/trpc.ts'
import { registerTrpcRoute } from '../src/http/trpc-route.ts'
import { StandinError } from '../src/standin-error.ts'
import { issueToCaller } from '../src/tokens/issue-to-caller.ts'
import { fastTokenRoute } from '../src/tokens/token-route.ts'
import { createTokenMemory, type TokensContext } from '../src/tokens/tokens-context.ts'
import { createHttpStack } from './http-stack.ts'

/** An account with a token, one that refuses it, and one for which it fails. */
export const account = '11111111-1111-4111-8111-111111111111'
export const ours = '22222222-2222-4222-8222-222222222222'
export const broken = '33333333-3333-4333-8333-333333333333'

export const service = (keyId: string): ServiceCaller => ({
  kind: 'service',
  service: 's',
  keyId,
  mac: '',
  grants: [{ accountId: 'all', scopes: ['a'], mac: '' }],
})
export const stack = createHttpStack({
  logLevel: 'info',
  environment: { APP_ORIGINS: 'https://app.example' },
  budgets: { serviceRequestsPerS: 1_000 },
})
/** Keys of a service, and of one that asks too often. */
export const [good, limited] = [stack.admit(service('good')), stack.admit(service('limited'))]

export interface Asked {
  url: string
  headers: Record<string, string>
  body: string | Buffer
}
const json = { authorization: good, 'content-type': 'application/json' }
export const rest = (body: unknown, headers: Record<string, string> = {}, url = '/v1/token'): Asked => {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  return { url, headers: { ...json, 'content-length': String(Buffer.byteLength(text)), ...headers }, body: text }
}
export const trpc = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  rest(body, headers, `/trpc/${path}`)
export const asks = { accountId: account, scopes: ['a'] }
export const as = (authorization: string) => ({ authorization: authorization.replace('Bearer', 'bearer') })

/** Tokens from memory. */
function createTokens(onIssued: () => Promise<void> | undefined): TokensContext & typeof stack.ctx {
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
        await onIssued()
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

/**
 * One server that answers in three ways: a request to its port may take the fast path, one that repeats the head before it
 * on its connection may take it without Node's parser, and an injected one goes through Fastify.
 */
export async function startFastServer() {
  const seen = { issued: 0, viaFastify: 0, viaNode: 0 }
  const gates: Promise<void>[] = []
  const { refused } = stack
  const ctx = createTokens(() => {
    seen.issued++
    return gates.shift()
  })
  const fastIssue = fastMutation(ctx, 'token.issue', procedures.token.issue, (caller, input) =>
    issueToCaller(ctx, caller, input),
  )
  const server = await createHttpServer(ctx, [fastTokenRoute(ctx), fastIssue])
  server.addHook('onRequest', async () => void seen.viaFastify++)
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
  const onParsed = (message: unknown) => {
    if ((message as { server: Server }).server === server.server) seen.viaNode++
  }
  subscribe('http.server.request.start', onParsed)

  const noted = async (ask: () => Promise<{ status: number; headers: Record<string, unknown>; body: string }>) => {
    stack.forgetLog()
    Object.assign(seen, { issued: 0, viaFastify: 0, viaNode: 0 })
    const { status, headers, body } = await ask()
    while (!stack.logged().includes('"request"')) await new Promise(setImmediate)
    const withoutId = (text: string) =>
      text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}(?=")/g, (id) => (id === account ? id : '-'))
    const lines = stack
      .logged()
      .replace(/"(time|pid|ms)":\d+,?/g, '')
      .replace(/"hostname":"[^"]*",?/, '')
    return {
      viaFastify: seen.viaFastify,
      viaNode: seen.viaNode,
      seen: {
        status,
        issued: seen.issued,
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
    server,
    seen,
    /** The next tokens are not handed out until these functions are called. */
    holdTokens: (count: number): Array<() => void> =>
      Array.from({ length: count }, () => {
        const { promise, resolve } = Promise.withResolvers<void>()
        gates.push(promise)
        return resolve
      }),
    async compare({ url, headers, body }: Asked) {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      const ask = async () => {
        const asking = httpRequest({ port, host: '127.0.0.1', path: url, method: 'POST', headers, agent })
        asking.end(body)
        const [answer] = await once(asking, 'response')
        return {
          status: answer.statusCode,
          headers: answer.headers,
          body: Buffer.concat(await answer.toArray()).toString(),
        }
      }
      const overPort = await noted(ask)
      const again = await noted(ask)
      agent.destroy()
      const injected = await noted(async () => {
        const answer = await server.inject({ method: 'POST', url, headers, payload: body })
        return { status: answer.statusCode, headers: answer.headers, body: answer.body }
      })
      return { overPort, again, injected }
    },
    async close() {
      unsubscribe('http.server.request.start', onParsed)
      await server.close()
    },
  }
}
