import type { ProcedureContract } from '@standin/contracts'
import { DrizzleQueryError } from 'drizzle-orm/errors'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createHttpStack } from '../../test/http-stack.ts'
import type { BudgetPolicy } from '../access/budgets.ts'
import type { Caller } from '../access/caller.ts'
import { StandinError } from '../standin-error.ts'
import { createHttpServer } from './http-server.ts'
import { contracted, router } from './trpc.ts'
import { registerTrpcRoute } from './trpc-route.ts'

const [mine, theirs] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222']
const onInput = {
  kind: 'query',
  input: z.strictObject({
    accountId: z.string().max(40),
    mode: z.enum(['good', 'bad-output', 'library', 'ours']).default('good'),
  }),
  output: z.object({ accountId: z.string(), caller: z.string() }),
  callers: ['service', 'user'],
  account: 'input',
} as const satisfies ProcedureContract
const onRun = {
  ...onInput,
  input: z.strictObject({ runId: z.string() }),
  output: z.object({ accountId: z.string() }),
  account: 'run',
} as const
const onSchedule = { ...onRun, input: z.strictObject({ scheduleId: z.string() }), account: 'schedule' } as const
const onAll = {
  ...onInput,
  input: z.strictObject({}),
  output: z.object({ accounts: z.union([z.array(z.string()), z.object({ service: z.string() })]) }),
  account: 'caller',
} as const
const forServices = { ...onInput, callers: ['service'] } as const
const forAdministrators = { ...onInput, output: z.object({ administers: z.boolean() }), administrators: true } as const

const user: Caller = { kind: 'user', id: 'u', name: null, accountId: mine, scopes: [], expiresAt: new Date(0) }
const service: Caller = {
  kind: 'service',
  service: 's',
  keyId: 'k',
  mac: '',
  grants: [{ accountId: mine, scopes: [], mac: '' }],
}

/** An API as a caller sees it, or an unauthenticated one. */
async function createApi(caller: Caller | undefined, administratorScopes?: string[], budgets?: Partial<BudgetPolicy>) {
  const handled: string[] = []
  const { ctx, admit, lookUps, logged } = createHttpStack({
    administratorScopes,
    budgets,
    accountOf: {
      accountOfRun: async (runId) => ({ 'run-mine': mine, 'run-theirs': theirs })[runId],
      accountOfSchedule: async (scheduleId) => ({ 'schedule-mine': mine, 'schedule-theirs': theirs })[scheduleId],
    },
  })
  const authorization = caller ? admit(caller) : 'Bearer nobody'
  const contract = contracted(ctx)
  const api = router({
    input: contract.call(onInput).query(({ ctx, input }) => {
      handled.push(ctx.accountId)
      if (input.mode === 'library') throw new DrizzleQueryError('select s3cr3t', ['s3cr3t'], new Error('s3cr3t'))
      if (input.mode === 'ours') throw new StandinError('CREDENTIALS_PENDING', { retryAfterMs: 5 })
      if (input.mode === 'bad-output') return { accountId: 's3cr3t' } as { accountId: string; caller: string }
      return { accountId: ctx.accountId, caller: ctx.caller.kind, extra: 's3cr3t' }
    }),
    services: contract.call(forServices).query(({ ctx }) => ({ accountId: ctx.accountId, caller: ctx.caller.kind })),
    run: contract.call(onRun).query(({ ctx }) => ({ accountId: ctx.accountId })),
    schedule: contract.call(onSchedule).query(({ ctx }) => ({ accountId: ctx.accountId })),
    all: contract.callOnAll(onAll).query(({ ctx: { accounts } }) => ({
      accounts: typeof accounts === 'string' ? [accounts] : 'service' in accounts ? accounts : [...accounts],
    })),
    administrators: contract.call(forAdministrators).query(({ ctx }) => ({ administers: ctx.administers })),
  })
  const server = await createHttpServer(ctx)
  await registerTrpcRoute(server, ctx, api)
  const get = async (path: string, inputs: unknown) => {
    const response = await server.inject({
      url: `/trpc/${path}?input=${encodeURIComponent(JSON.stringify(inputs))}`,
      headers: { authorization },
    })
    return { status: response.statusCode, text: response.body, json: response.json() }
  }
  return {
    get,
    server,
    handled,
    authorization,
    lookUps,
    logged,
    [Symbol.asyncDispose]: () => server.close(),
  }
}
const as = createApi
const refusing = () => createApi(undefined)

describe('invariant 24: callers without access to the account never reach the handler', () => {
  test('the caller is checked before the input, and the input before the account', async () => {
    await using nobody = await refusing()
    expect(await nobody.get('input', { nonsense: true })).toMatchObject({
      status: 401,
      json: { error: { data: { reason: 'UNAUTHENTICATED' } } },
    })
    await using somebody = await as(user)
    expect((await somebody.get('services', { nonsense: true })).json.error.data.reason).toBe('ACCOUNT_FORBIDDEN')
    expect((await somebody.get('input', { nonsense: true })).json.error.data.reason).toBe('INPUT_INVALID')
    expect((await somebody.get('input', { accountId: theirs })).json.error.data.reason).toBe('ACCOUNT_FORBIDDEN')
    expect(somebody.handled).toEqual([])
  })

  test.each([user, service])('a $kind is served only on their own account', async (caller) => {
    await using api = await as(caller)
    expect((await api.get('input', { accountId: mine })).json.result.data).toEqual({
      accountId: mine,
      caller: caller.kind,
    })
    expect(await api.get('input', { accountId: 'all' })).toMatchObject({ status: 403 })
    expect(api.handled).toEqual([mine])
  })

  test.each([user, service])(
    'for a $kind what belongs to others is not there, exactly as what does not exist',
    async (caller) => {
      await using api = await as(caller)
      expect((await api.get('run', { runId: 'run-mine' })).json.result.data).toEqual({ accountId: mine })
      const foreign = await api.get('run', { runId: 'run-theirs' })
      const missing = await api.get('run', { runId: 'run-nowhere' })
      expect(foreign).toMatchObject({ status: 404, json: { error: { data: { reason: 'RUN_NOT_FOUND' } } } })
      const withoutId = (text: string) => text.replace(/"requestId":"[^"]*"/, '')
      expect(withoutId(foreign.text)).toBe(withoutId(missing.text))
    },
  )
})

describe('invariant 24: schedules, lists over all accounts, and procedures for administrators', () => {
  test.each([user, service])('for a $kind, a schedule of another account does not exist', async (caller) => {
    await using api = await as(caller)
    expect((await api.get('schedule', { scheduleId: 'schedule-mine' })).json.result.data).toEqual({ accountId: mine })
    for (const scheduleId of ['schedule-theirs', 'schedule-nowhere'])
      expect((await api.get('schedule', { scheduleId })).json.error.data.reason).toBe('SCHEDULE_NOT_FOUND')
  })

  test('a list gets the granted accounts, and no others', async () => {
    for (const [caller, accounts] of [
      [user, [mine]],
      [service, { service: 's' }],
      [{ ...service, grants: [{ accountId: 'all', scopes: [], mac: '' }] }, ['all']],
    ] as const) {
      await using api = await as(caller)
      expect((await api.get('all', {})).json.result.data).toEqual({ accounts })
    }
  })

  test.for<{ title: string; scopes: readonly string[] | undefined; needed?: string[]; outcome: string }>([
    { title: 'has all of the scopes', scopes: ['x', 'admin', 'owner'], needed: ['admin', 'owner'], outcome: 'allowed' },
    { title: 'has one of two', scopes: ['admin'], needed: ['admin', 'owner'], outcome: 'SCOPE_FORBIDDEN' },
    { title: 'has none', scopes: [], needed: ['admin'], outcome: 'SCOPE_FORBIDDEN' },
    { title: 'has a token without scopes', scopes: undefined, needed: ['admin'], outcome: 'SCOPE_FORBIDDEN' },
    { title: 'is asked where no scope makes one', scopes: ['admin'], outcome: 'SCOPE_FORBIDDEN' },
  ])('a user who $title: $outcome', async ({ scopes, needed, outcome }) => {
    await using api = await as({ ...user, scopes }, needed)
    const { json } = await api.get('administrators', { accountId: mine })
    expect(json.error?.data.reason ?? (json.result.data.administers ? 'allowed' : 'let in')).toBe(outcome)
  })

  test('a service may call the procedures whose contract allows it, and is not an administrator', async () => {
    await using api = await as(service, ['admin'])
    expect((await api.get('administrators', { accountId: mine })).json.result.data).toEqual({ administers: false })
  })
})

describe('an error over tRPC', () => {
  test('of our own: its reason, its status and when to retry', async () => {
    await using api = await as(user)
    expect(await api.get('input', { accountId: mine, mode: 'ours' })).toMatchObject({
      status: 409,
      json: {
        error: {
          data: {
            reason: 'CREDENTIALS_PENDING',
            code: 'CONFLICT',
            httpStatus: 409,
            retryAfterMs: 5,
            requestId: expect.any(String),
          },
        },
      },
    })
  })

  test('invariant 10: of a library: only that something went wrong; the log has its type', async () => {
    await using api = await as(user)
    const { status, text, json } = await api.get('input', { accountId: mine, mode: 'library' })
    expect([status, json.error.data.reason]).toEqual([500, 'INTERNAL'])
    expect(json.error.data.stack).toBeUndefined()
    expect(text).not.toContain('s3cr3t')
    expect(api.logged()).toContain(json.error.data.requestId)
    expect(api.logged()).not.toContain('s3cr3t')
  })

  test('for an output that breaks its contract is our mistake, not the caller’s; fields beyond the contract are left out', async () => {
    await using api = await as(user)
    const broken = await api.get('input', { accountId: mine, mode: 'bad-output' })
    expect([broken.status, broken.json.error.data.reason]).toEqual([500, 'INTERNAL'])
    expect(broken.text).not.toContain('s3cr3t')
    expect((await api.get('input', { accountId: mine })).text).not.toContain('s3cr3t')
  })

  test('for an invalid input: the fields, never their values', async () => {
    await using api = await as(user)
    const { status, text, json } = await api.get('input', { accountId: 's3cr3t'.repeat(9), mode: 's3cr3t' })
    expect([status, json.error.data.reason]).toEqual([400, 'INPUT_INVALID'])
    expect(json.error.data.issues.map(({ path }: { path: string }) => path).sort()).toEqual(['accountId', 'mode'])
    expect(text).not.toContain('s3cr3t')
  })

  test.each([
    ['nowhere', '{}', 404, 'NOT_FOUND'],
    ['input', '{', 400, 'INPUT_INVALID'],
  ])('a request that is none: %s %s', async (path, input, status, reason) => {
    await using api = await as(user)
    const response = await api.server.inject({
      url: `/trpc/${path}?input=${encodeURIComponent(input)}`,
      headers: { authorization: api.authorization },
    })
    expect([response.statusCode, response.json().error.data.reason]).toEqual([status, reason])
  })
})

describe('a batch', () => {
  test('looks its caller up once, and each call has its own outcome', async () => {
    await using api = await as(user)
    const paths = ['input', 'services', 'input'].join()
    const batch = await api.server.inject({
      url: `/trpc/${paths}?batch=1&input=${encodeURIComponent(JSON.stringify({ 0: { accountId: mine }, 1: { accountId: mine }, 2: { accountId: theirs } }))}`,
      headers: { authorization: api.authorization },
    })
    const outcomes = batch.json() as { result?: unknown; error?: { data: { reason: string } } }[]
    expect(outcomes.map(({ error }) => error?.data.reason)).toEqual([
      undefined,
      'ACCOUNT_FORBIDDEN',
      'ACCOUNT_FORBIDDEN',
    ])
    expect(api.lookUps()).toBe(1)
  })

  test('of more than a hundred calls is refused', async () => {
    await using api = await as(user)
    const paths = Array.from({ length: 101 }, () => 'input').join()
    const response = await api.server.inject({ url: `/trpc/${paths}?batch=1&input=%7B%7D` })
    expect(response.statusCode).toBe(400)
    expect(api.handled).toEqual([])
  })

  test('invariant 25: counts each of its calls, and says when the refused ones can be retried', async () => {
    await using api = await as(user, undefined, { userRequestsPerS: 1 })
    const paths = Array.from({ length: 40 }, () => 'input').join()
    const inputs = Object.fromEntries(Array.from({ length: 40 }, (_, nth) => [nth, { accountId: mine }]))
    const batch = await api.server.inject({
      url: `/trpc/${paths}?batch=1&input=${encodeURIComponent(JSON.stringify(inputs))}`,
      headers: { authorization: api.authorization },
    })
    const outcomes = batch.json() as { error?: { data: { reason: string; retryAfterMs: number } } }[]
    const refused = outcomes.filter(({ error }) => error?.data.reason === 'RATE_LIMITED')
    expect(refused).toHaveLength(30)
    expect(Number(batch.headers['retry-after'])).toBe(Math.ceil((refused[0]?.error?.data.retryAfterMs ?? 0) / 1_000))
    expect(api.handled).toHaveLength(10)
  })
})

test('a query that is not UTF-8 is refused, not repaired', async () => {
  await using api = await as(user)
  const url = `/trpc/input?input=${encodeURIComponent(JSON.stringify({ accountId: 'x' })).replace('x', '%FF')}`
  const response = await api.server.inject({ url, headers: { authorization: api.authorization } })
  expect(response.json()).toMatchObject({
    status: 400,
    reason: 'INPUT_INVALID',
    detail: expect.stringContaining('UTF-8'),
  })
})

test('invariant 25: expensive procedures, and what is stored for an account, count beside the calls', async () => {
  const { ctx, admit } = createHttpStack({ logLevel: 'silent' })
  const contract = contracted(ctx)
  const ok = { accountId: mine, caller: 'user' }
  const api = router({
    schedule: router({ preview: contract.call(onInput).query(() => ok) }),
    filter: router({ save: contract.call({ ...onInput, kind: 'mutation' }).mutation(() => ok) }),
    other: contract.call(onInput).query(() => ok),
  })
  const server = await createHttpServer(ctx)
  await registerTrpcRoute(server, ctx, api)
  const headers = { authorization: admit(user) }
  const input = { accountId: mine }
  const ask = (path: string) =>
    server.inject({ url: `/trpc/${path}?input=${encodeURIComponent(JSON.stringify(input))}`, headers })
  const save = () => server.inject({ method: 'POST', url: '/trpc/filter.save', payload: input, headers })

  for (let nth = 0; nth < 50; nth++) await ctx.access.budgets.countWork(user, 'schedule.preview')
  expect((await ask('schedule.preview')).statusCode).toBe(429)
  expect((await ask('other')).statusCode).toBe(200)

  expect((await save()).statusCode).toBe(200)
  const stored = { accountId: mine, path: 'filter.save', input: 'x'.repeat(1_999_000) }
  await ctx.access.budgets.countStored(user, stored).catch(() => {})
  const refused = await save()
  expect([refused.statusCode, Number(refused.headers['retry-after'])]).toEqual([429, expect.any(Number)])
  await server.close()
})
