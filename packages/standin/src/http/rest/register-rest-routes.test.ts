import { type ProcedureContract, procedures } from '@standin/contracts'
import type { AnyTRPCProcedure } from '@trpc/server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createHttpStack } from '../../../test/http-stack.ts'
import type { Caller } from '../../access/caller.ts'
import { createServiceKey } from '../../access/service-key.ts'
import { StandinError } from '../../standin-error.ts'
import { createHttpServer } from '../http-server.ts'
import { contracted, router } from '../trpc.ts'
import { registerTrpcRoute } from '../trpc-route.ts'
import { registerRestRoutes } from './register-rest-routes.ts'
import { eachRestRoute, pathFields, type RestProcedure, refusalsOf, restRoutes } from './rest-routes.ts'

const mine = '11111111-1111-4111-8111-111111111111'
const theirs = '22222222-2222-4222-8222-222222222222'
const thing = '33333333-3333-4333-8333-333333333333'
const ofTheirs = '44444444-4444-4444-8444-444444444444'

const accountOf = async (id: string) => ({ [thing]: mine, [ofTheirs]: theirs })[id]
const stack = createHttpStack({
  logLevel: 'silent',
  administratorScopes: ['admin'],
  accountOf: { accountOfRun: accountOf, accountOfSchedule: accountOf, accountOfArtifact: accountOf },
  budgets: { serviceRequestsPerS: 1_000, userRequestsPerS: 1_000 },
})
const service: Caller = {
  kind: 'service',
  service: 's',
  keyId: 'k',
  mac: '',
  grants: [{ accountId: mine, scopes: ['a'], mac: '' }],
}
const user: Caller = { kind: 'user', id: 'u', name: null, accountId: mine, scopes: [], expiresAt: new Date(0) }
const key = stack.admit(service)
const callers: Record<string, string | undefined> = {
  'a service': key,
  'a user': stack.admit(user),
  nobody: undefined,
  'a service without grants': stack.admit({ ...service, grants: [] }),
  'a key that is no more': `Bearer ${createServiceKey().key.reveal()}`,
}

/** Every procedure of the contract, which refuses with what it was given: so that it is seen. */
const seen: Array<{ path: string; input: unknown }> = []
let refuse: (() => Error) | undefined
function createApi() {
  const contract = contracted(stack.ctx)
  const make = (path: string, each: ProcedureContract): AnyTRPCProcedure => {
    const procedure = each.account === 'caller' ? contract.callOnAll(each as never) : contract.call(each as never)
    const handle = ({ input }: { input: unknown }) => {
      seen.push({ path, input })
      throw refuse?.() ?? new StandinError('RUN_STUCK')
    }
    return each.kind === 'query' ? procedure.query(handle as never) : procedure.mutation(handle as never)
  }
  const nouns = Object.entries(procedures).map(([noun, named]) => {
    const queries = Object.entries(named).filter(([, { kind }]) => kind !== 'subscription')
    return [noun, Object.fromEntries(queries.map(([name, each]) => [name, make(`${noun}.${name}`, each)]))]
  })
  return router(Object.fromEntries(nouns))
}

const server = await createHttpServer(stack.ctx)
beforeAll(async () => {
  const api = createApi()
  await registerRestRoutes(server, stack.ctx, api)
  await registerTrpcRoute(server, stack.ctx, api)
})
afterAll(() => server.close())

type Input = Record<string, unknown>
const headersOf = (authorization: string | undefined) => ({
  'content-type': 'application/json',
  ...(authorization !== undefined && { authorization }),
})

async function ask(authorization: string | undefined, name: RestProcedure, input: Input, query = '') {
  const route = restRoutes[name]
  const ofPath = pathFields(route)
  const path = ofPath.reduce(
    (url, field) => url.replace(`{${field}}`, encodeURIComponent(String(input[field]))),
    route.path,
  )
  const left = Object.fromEntries(Object.entries(input).filter(([field]) => !ofPath.includes(field)))
  const isGet = route.method === 'GET'
  const search = isGet ? new URLSearchParams(left as Record<string, string>).toString() : ''
  const { 'content-type': _type, ...bare } = headersOf(authorization)
  return server.inject({
    method: route.method,
    url: `${path}?${search}${query}`,
    headers: isGet ? bare : headersOf(authorization),
    ...(!isGet && { payload: JSON.stringify(left) }),
  })
}

async function askTrpc(authorization: string | undefined, name: RestProcedure, kind: string, input: Input) {
  const url = `/trpc/${name}`
  const answer =
    kind === 'query'
      ? await server.inject({
          url: `${url}?input=${encodeURIComponent(JSON.stringify(input))}`,
          headers: headersOf(authorization),
        })
      : await server.inject({ method: 'POST', url, headers: headersOf(authorization), payload: JSON.stringify(input) })
  const { data, message } = answer.json().error
  return { status: answer.statusCode, reason: data.reason, issues: data.issues, detail: message }
}

/** The least that each procedure needs, of an account of the caller or of another one. */
const idsOf = (account: string) => {
  const id = account === mine ? thing : ofTheirs
  return { accountId: account, runId: id, scheduleId: id, artifactId: id, filterId: id }
}
const needs: Partial<Record<RestProcedure, Input>> = {
  'run.start': { actionId: 'count', input: {}, idempotencyKey: 'a key of the test' },
  'run.retry': { idempotencyKey: 'a key of the test' },
  'schedule.create': {
    actionId: 'count',
    input: {},
    recurrence: 'FREQ=DAILY',
    deliverTo: [],
    timeZone: 'UTC',
  },
  'schedule.preview': { recurrence: 'FREQ=DAILY', timeZone: 'UTC' },
  'delivery.resend': { deliveryId: 'x' },
  'receiver.ask': { address: 'bert@acme.example', language: 'da' },
  'filter.save': { name: 'Cranes', filter: {} },
}
function inputFor({ name, contract }: (typeof eachRestRoute)[number], account: string): Input {
  const ids = Object.entries(idsOf(account)).filter(
    ([field]) => field in (contract.input as unknown as { shape: object }).shape,
  )
  return { ...Object.fromEntries(ids), ...needs[name] }
}

describe.each(eachRestRoute)('$name over REST', (each) => {
  const { name, contract } = each

  test('invariant 24: refuses and admits exactly as over tRPC, whoever calls, and says why', async () => {
    const wrong = { ...inputFor(each, mine), sudo: 'yes' }
    const inputs = [inputFor(each, mine), inputFor(each, theirs), wrong]
    for (const authorization of Object.values(callers))
      for (const input of inputs) {
        const answer = await ask(authorization, name, input)
        const { status, reason, detail, issues } = answer.json()
        expect(answer.headers['content-type']).toContain('application/problem+json')
        expect({ status, reason, detail, issues }).toEqual(await askTrpc(authorization, name, contract.kind, input))
        expect(answer.statusCode).toBe(status)
        if (reason !== 'RUN_STUCK') expect(refusalsOf(each)).toContain(reason)
      }
  })

  test('the procedure gets the input that it gets over tRPC', async () => {
    seen.length = 0
    const input = inputFor(each, mine)
    await ask(key, name, input)
    await askTrpc(key, name, contract.kind, input)
    expect(seen).toHaveLength(2)
    expect(seen[0]).toEqual(seen[1])
  })
})

describe('a route', () => {
  const start = (headers: Record<string, string>, payload: string | Buffer) =>
    server.inject({
      method: 'POST',
      url: `/v1/accounts/${mine}/runs`,
      headers: { authorization: key, ...headers },
      payload,
    })

  test.each([
    ['broken JSON', 'application/json', '{', 400, 'INPUT_INVALID'],
    ['a list', 'application/json', '[]', 400, 'INPUT_INVALID'],
    ['another type', 'text/plain', '{}', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['what is not UTF-8', 'application/json', Buffer.of(0x22, 0xff, 0x22), 400, 'INPUT_INVALID'],
    ['a body of 100 kB', 'application/json', `"${'x'.repeat(100_000)}"`, 413, 'INPUT_TOO_LARGE'],
  ])('refuses %s', async (_what, type, body, status, reason) => {
    const answer = await start({ 'content-type': type }, body)
    expect([answer.statusCode, answer.json().reason]).toEqual([status, reason])
    const unknown = await start({ 'content-type': type, authorization: 'Bearer x' }, body)
    expect(unknown.statusCode).toBe(401) // Before the body is read.
  })

  test('the account of the path cannot be contradicted by the body or the query', async () => {
    seen.length = 0
    const input = { ...needs['run.start'], accountId: theirs }
    await start({ 'content-type': 'application/json' }, JSON.stringify(input))
    expect(seen).toMatchObject([{ input: { accountId: mine } }])
    await ask(key, 'run.list', { accountId: mine }, `&accountId=${theirs}`)
    expect(seen[1]).toMatchObject({ input: { accountId: mine } })
    const answer = await ask(key, 'run.retry', { runId: thing }, 'idempotencyKey=a-key-of-the-test')
    expect(answer.json()).toMatchObject({ reason: 'INPUT_INVALID', detail: expect.stringContaining('in the body') })
    expect(seen).toHaveLength(2)
  })

  test('says when to retry', async () => {
    refuse = () => new StandinError('RATE_LIMITED', { retryAfterMs: 1_500 })
    const answer = await ask(key, 'run.get', { runId: thing })
    refuse = undefined
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([429, '2'])
    expect(answer.json()).toMatchObject({ reason: 'RATE_LIMITED', retryAfterMs: 1_500 })
    expect(stack.refused).toContain('/v1/runs/:runId RATE_LIMITED')
  })
})
