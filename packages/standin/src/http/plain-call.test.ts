import type { ProcedureContract } from '@standin/contracts'
import { tracked } from '@trpc/server'
import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import type { FastifyRequest, InjectOptions } from 'fastify'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createAdjustableClock } from '../../test/adjustable-clock.ts'
import type { Caller } from '../access/caller.ts'
import { createLogger } from '../observability/logger.ts'
import { StandinError } from '../standin-error.ts'
import { createHttpServer } from './http-server.ts'
import { createContracted, plainProcedureOf, router } from './trpc.ts'
import { registerTrpcRoute } from './trpc-route.ts'

const read = {
  kind: 'query',
  input: z.strictObject({ accountId: z.string().max(20), breaks: z.enum(['ours', 'library', 'output']).optional() }),
  output: z.object({ accountId: z.string() }),
  callers: ['user'],
  account: 'input',
} as const satisfies ProcedureContract
const change = { ...read, kind: 'mutation' } as const
const all = { ...read, input: z.strictObject({}).optional(), account: 'caller' } as const
const stream = { ...read, kind: 'subscription', output: z.object({ accountId: z.string() }) } as const

const user: Caller = { kind: 'user', id: 'u', name: null, accountId: 'mine', scopes: [], expiresAt: new Date(0) }
const authenticate = async (authorization: string | undefined): Promise<Caller> => {
  if (authorization !== 'Bearer good') throw new StandinError('UNAUTHENTICATED')
  return user
}

/** One router, served by Standin and by tRPC's plugin alone. */
async function createBoth() {
  let handled = 0
  const contracted = createContracted(
    { accountOfRun: async () => 'mine', accountOfSchedule: async () => 'mine', accountOfArtifact: async () => 'mine' },
    { administratorScopes: undefined },
  )
  const answer = ({ ctx, input }: { ctx: { accountId: string }; input: z.output<typeof read.input> }) => {
    handled++
    if (input.breaks === 'ours') throw new StandinError('CREDENTIALS_PENDING', { retryAfterMs: 5 })
    if (input.breaks === 'library') throw Object.assign(new Error('s3cr3t'), { code: 'LIB' })
    return input.breaks === 'output' ? ({} as { accountId: string }) : { accountId: `${ctx.accountId} – ü` }
  }
  const api = router({
    noun: {
      read: contracted.call(read).query(answer),
      change: contracted.call(change).mutation(answer),
      all: contracted.callOnAll(all).query(() => ({ accountId: 'all' })),
      stream: contracted.stream(stream).subscription(async function* () {
        yield tracked('1', { accountId: 'mine' })
      }),
    },
  })
  const createServer = () =>
    createHttpServer(
      { port: 0, host: '127.0.0.1', publicUrl: undefined, trustProxy: false, appOrigins: ['https://app.example'] },
      createLogger('silent'),
    )
  const [ours, stock] = await Promise.all([createServer(), createServer()])
  await registerTrpcRoute(ours, { router: api, clock: createAdjustableClock(), authenticate })
  await stock.register(fastifyTRPCPlugin, {
    prefix: '/trpc',
    trpcOptions: {
      ...{ router: api, maxBatchSize: 100 },
      createContext: ({ req }: { req: FastifyRequest }) => ({
        requestId: req.id,
        authenticate: () => authenticate(req.headers.authorization),
      }),
    },
  })
  const asked = async (server: typeof ours, request: InjectOptions) => {
    handled = 0
    const { statusCode, headers, body } = await server.inject(request)
    return {
      // Only tRPC's own handler leaves the length open.
      isShort: headers['content-length'] !== undefined,
      seen: {
        ...{
          statusCode,
          handled,
          vary: headers.vary,
          allow: headers.allow,
          origin: headers['access-control-allow-origin'],
        },
        // Fastify names the character set of what it is given as text; that of JSON is never another one.
        type: String(headers['content-type']).replace('; charset=utf-8', ''),
        body: body.replace(/"requestId":"[^"]*"/g, '').replace(/^retry: 250\n\n/, ''),
      },
    }
  }
  return {
    procedures: api._def.procedures as Record<string, object>,
    compare: async (request: InjectOptions) => ({
      ours: await asked(ours, request),
      stock: await asked(stock, request),
    }),
    close: () => Promise.all([ours.close(), stock.close()]),
  }
}

const both = await createBoth()
afterAll(both.close)

const good = { authorization: 'Bearer good' }
const json = { ...good, 'content-type': 'application/json' }
const inUrl = (value: unknown) => encodeURIComponent(typeof value === 'string' ? value : JSON.stringify(value))
const get = (path: string, input?: unknown, more: InjectOptions = {}): InjectOptions => ({
  ...{ method: 'GET', url: `/trpc/${path}${input === undefined ? '' : `?input=${inUrl(input)}`}`, headers: good },
  ...more,
})
const getBatch = (paths: string[], inputs: unknown) =>
  get(`${paths.join()}?batch=1${inputs === undefined ? '' : `&input=${inUrl(inputs)}`}`)
const post = (path: string, payload: unknown, headers: Record<string, string> = json): InjectOptions => ({
  ...{ method: 'POST', url: `/trpc/${path}`, headers },
  payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
})
const mine = { accountId: 'mine' }
const theirs = { accountId: 'theirs' }

const plain: Record<string, InjectOptions> = {
  'a query': get('noun.read', mine),
  'a mutation': post('noun.change', mine),
  'a type with a character set': post('noun.change', mine, {
    ...good,
    'content-type': 'Application/JSON; charset=utf-8',
  }),
  'no input where none is needed': get('noun.all'),
  'an input that is null': get('noun.read', null),
  'an input that does not fit': post('noun.change', { accountId: 'x'.repeat(30), more: 1 }),
  'an input that is an array': post('noun.change', [mine]),
  'two inputs': get(`noun.read?input=${inUrl(mine)}&input=${inUrl(theirs)}`),
  nobody: get('noun.read', mine, { headers: {} }),
  'nobody, changing': post('noun.change', mine, { 'content-type': 'application/json' }),
  'somebody else’s account': get('noun.read', theirs),
  'an error of ours': get('noun.read', { ...mine, breaks: 'ours' }),
  'an error of a library': post('noun.change', { ...mine, breaks: 'library' }),
  'an output that breaks its contract': get('noun.read', { ...mine, breaks: 'output' }),
  'a batch': getBatch(['noun.read', 'noun.all', 'noun.read'], { 0: mine, 2: mine }),
  'a batch of one': getBatch(['noun.read'], { 0: mine }),
  'a batch whose members end differently': getBatch(['noun.read', 'noun.read', 'noun.read', 'noun.read'], {
    ...{ 0: mine, 1: theirs, 2: { ...mine, breaks: 'library' } },
  }),
  'a batch whose members all fail alike': getBatch(['noun.read', 'noun.read'], { 0: theirs, 1: theirs }),
  'a batch without inputs': getBatch(['noun.all', 'noun.all'], undefined),
  'a batch that changes': post('noun.change,noun.change?batch=1', { 0: mine, 1: mine, 2: mine }),
  'a batch of nobody': getBatch(['noun.read', 'noun.read'], {}),
  'a hundred members': getBatch(Array(100).fill('noun.all'), {}),
  'a browser of the app': get('noun.read', mine, {
    headers: { ...good, origin: 'https://app.example', accept: '*/*' },
  }),
}
const notPlain: Record<string, InjectOptions> = {
  'an unknown path': get('noun.nowhere', mine),
  'a path of every object': get('constructor', mine),
  'a batch with an unknown path': getBatch(['noun.read', 'noun.nowhere'], { 0: mine }),
  'a query by POST': post('noun.read', mine),
  'a mutation by GET': get('noun.change', mine),
  'kinds that are mixed': getBatch(['noun.read', 'noun.change'], { 0: mine, 1: mine }),
  'another method': { method: 'DELETE', url: '/trpc/noun.change', headers: good },
  'only the head': { method: 'HEAD', url: `/trpc/noun.read?input=${inUrl(mine)}`, headers: good },
  'broken JSON in the body': post('noun.change', '{'),
  'broken JSON in the body of nobody': post('noun.change', '{', { 'content-type': 'application/json' }),
  'no body': { method: 'POST', url: '/trpc/noun.change', headers: good },
  'an empty input': get('noun.all?input='),
  'broken JSON in the address': get('noun.read', '{'),
  'a type that is not JSON': post('noun.change', mine, { ...good, 'content-type': 'application/octet-stream' }),
  'a batch of a hundred and one': getBatch(Array(101).fill('noun.all'), {}),
  'a batch whose inputs are an array': post('noun.change?batch=1', [mine]),
  'a batch whose inputs are null': getBatch(['noun.read'], null),
  'a path that is encoded twice': get('noun%252Eread', mine),
  'parameters of the connection': get(`noun.read?input=${inUrl(mine)}&connectionParams=%7B%7D`),
  'a stream of outcomes': get('noun.read?batch=1&input=%7B%7D', undefined, {
    headers: { ...good, 'trpc-accept': 'application/jsonl' },
  }),
  'a subscription': get('noun.stream', mine),
}

describe('a plain call is answered as tRPC’s own plugin answers it', () => {
  test.for(Object.entries(plain))('%s', async ([, request]) => {
    const { ours, stock } = await both.compare(request)
    expect(ours.seen).toEqual(stock.seen)
    expect([ours.isShort, stock.isShort]).toEqual([true, false])
  })
})

test('queries and mutations are called as mere functions, a subscription is not', () => {
  const plainly = Object.entries(both.procedures).filter(([, procedure]) => plainProcedureOf(procedure))
  expect(plainly.map(([path]) => path)).toEqual(['noun.read', 'noun.change', 'noun.all'])
})

describe('what is no plain call is left to tRPC', () => {
  test.for(Object.entries(notPlain))('%s', async ([, request]) => {
    const { ours, stock } = await both.compare(request)
    expect(ours.seen).toEqual(stock.seen)
    expect(ours.isShort).toBe(stock.isShort)
  })
})
