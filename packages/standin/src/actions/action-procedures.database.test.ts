import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { tokenAnswer } from '../../test/played-trackunit.ts'
import { account, anna, caller, createRunStack, otherAccount, type RunStack } from '../../test/run-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import type { Caller, ServiceCaller } from '../access/caller.ts'
import { contracted, router } from '../http/trpc.ts'
import { graphqlKey } from '../trackunit/rate-rules.ts'
import { actionProcedures } from './action-procedures.ts'
import { type AnyAction, defineAction } from './define-action.ts'

const database = await createTestDatabase()
afterAll(database.drop)

const action = (id: string, change: Partial<AnyAction> = {}): AnyAction => ({
  ...defineAction({
    id,
    title: id,
    description: id,
    input: z.object({}),
    scopes: ['a'],
    changesData: false,
    run: async () => {},
  }),
  mayOverlap: true,
  ...change,
})
const actions = [
  action('report'),
  action('more', { scopes: ['a', 'b'] }),
  action('change', { changesData: true, secondsPerChange: 0.5 }),
]

async function listAs({ ctx: { access, ...rest } }: RunStack, who: Caller, accountId = account) {
  const ctx = { ...rest, access: { ...access, keys: { ...access.keys, on: (service: ServiceCaller) => service } } } // Grants as given.
  const api = router(actionProcedures(ctx, contracted(ctx))).createCaller({
    requestId: 'test',
    authenticate: async () => who,
  })
  return (await api.list({ accountId })).actions
}

test.for([
  { title: 'a user with the scopes of two', who: anna, may: ['report', 'change'] },
  { title: 'a user with all', who: { ...anna, scopes: ['a', 'b'] }, may: ['report', 'more', 'change'] },
  { title: 'a user whose token names no scopes', who: { ...anna, scopes: undefined }, may: ['report', 'more'] },
  { title: 'a service', who: { ...caller, grants: [{ accountId: 'all' as const, scopes: ['b'], mac: '' }] }, may: [] },
])('$title may start what the scopes allow', async ({ who, may }) => {
  await using stack = await createRunStack({ database, actions })
  const shown = await listAs(stack, who)
  expect(shown.filter(({ mayStart }) => mayStart).map(({ id }) => id)).toEqual(may)
})

test('an action has its usual duration on the account: the median of its last ten runs that succeeded', async () => {
  await using stack = await createRunStack({ database, actions })
  /** Runs that took so many seconds, the oldest first. */
  const ran = async (
    actionId: string,
    seconds: readonly number[],
    { state = 'succeeded', accountId = account } = {},
  ) => {
    for (const took of seconds) {
      const { id } = await stack.start({ actionId, accountId })
      await stack.sql`update runs set state = ${state}, started_at = created_at, ended_at = created_at + make_interval(secs => ${took})
        where id = ${id}`
    }
  }
  await ran('report', [900, 900, 900, 10, 10, 10, 10, 20, 30, 30, 30, 30, 30]) // The first three are too long ago.
  await ran('report', [900], { state: 'failed' })
  await ran('report', [900], { accountId: otherAccount })
  await ran('more', [7])

  const shown = await listAs(stack, anna)

  expect(shown.map(({ id, usualSeconds }) => [id, usualSeconds])).toEqual([
    ['report', 25],
    ['more', 7],
    ['change', null],
  ])
})

test('an action that changes data has the duration of its preview and of each change: the maker’s estimate, until runs give a better one', async () => {
  await using stack = await createRunStack({ database, actions })
  const times = async () => {
    const change = (await listAs(stack, anna)).find(({ id }) => id === 'change')
    return [change?.usualSeconds, change?.secondsPerChange]
  }
  const ran = async (mode: 'preview' | 'apply', took: number, done: number) => {
    const { id } = await stack.start({ actionId: 'change', mode: 'preview' })
    await stack.sql`update runs set mode = ${mode}, preview_run_id = ${mode === 'apply' ? id : null}, state = 'succeeded',
      started_at = created_at, ended_at = created_at + make_interval(secs => ${took}),
      progress = jsonb_set(progress, '{done}', to_jsonb(${done}::int)) where id = ${id}`
  }

  expect(await times()).toEqual([null, 0.5])
  await ran('preview', 1_800, 3)
  expect(await times()).toEqual([1_800, 0.5])
  await ran('apply', 600, 200)
  await ran('apply', 5, 0) // There was nothing to change.
  expect(await times()).toEqual([1_800, 3])
})

test('a newly bought plan can be tried at once: a refusal is forgotten when a user asks', async () => {
  const needing = action('needing', { plan: 'GraphQL' })
  await using stack = await createRunStack({ database, actions: [needing] })
  await stack.install()
  const state = JSON.stringify({ refusedAtMs: Date.now(), left: 7 })
  await stack.sql`insert into rate_budgets (key, account_id, state)
    values (${graphqlKey}, ${account}, ${state}::text::jsonb)`
  const missing = async () => (await listAs(stack, anna)).map(({ missingPlan }) => missingPlan)
  expect(await missing()).toEqual(['GraphQL'])

  const api = router(actionProcedures(stack.ctx, contracted(stack.ctx))).createCaller({
    requestId: 'test',
    authenticate: async () => anna,
  })
  await api.tryPlan({ accountId: account })

  expect(await missing()).toEqual([null])
  expect(await stack.sql`select state->>'left' as left from rate_budgets`).toEqual([{ left: '7' }]) // The budget stays.
})

describe('how many machines an account has', () => {
  /** What Trackunit answers, in turn; the last one again and again. */
  async function counting(...answers: Array<() => Response | Promise<Response>>) {
    const asked: string[] = []
    const fetch: typeof globalThis.fetch = async (address, init) => {
      const { pathname, search } = new URL(String(address))
      if (pathname.endsWith('/apptoken'))
        return tokenAnswer({ scopes: new URLSearchParams(String(init?.body)).get('scope')?.split(' ') ?? [] })
      const answer = answers[Math.min(asked.push(pathname + search), answers.length) - 1]
      return (answer as () => Response)()
    }
    const stack = await createRunStack({ database, actions, fetch })
    await stack.install()
    const apiOf = (scopes: string[]) =>
      router(actionProcedures(stack.ctx, contracted(stack.ctx))).createCaller({
        requestId: 'test',
        authenticate: async () => ({ ...anna, scopes }),
      })
    const count = async (actionId = 'report', scopes = ['a']) =>
      (await apiOf(scopes).countMachines({ accountId: account, actionId })).machines
    return { stack, count, asked, [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose]() }
  }
  const says = (totalElements: unknown) => () => Response.json({ content: [], totalPages: 1, totalElements })

  test('is told to nobody who lacks a scope that it was read with', async () => {
    await using counted = await counting(says(900), says(250), says(7))
    expect(await counted.count('more', ['a', 'b'])).toBe(900)
    expect(await counted.count('report')).toBe(250)
    expect(await counted.count('more', ['a', 'b'])).toBe(900)
    expect(await counted.count('report', ['a', 'b'])).toBe(250)
  })

  test('is Trackunit’s own count, asked for once in a quarter of an hour, however many ask', async () => {
    await using counted = await counting(says(250), says(251))
    expect(await Promise.all(Array.from({ length: 5 }, () => counted.count()))).toEqual([250, 250, 250, 250, 250])
    counted.stack.clock.advance(14 * 60_000)
    expect(await counted.count()).toBe(250)
    counted.stack.clock.advance(2 * 60_000)
    expect(await counted.count()).toBe(251)
    expect(counted.asked).toEqual(Array.from({ length: 2 }, () => '/api/asset/v2/assets?size=1&page=0'))
  })

  test.for([
    ['Trackunit is down', () => new Response('', { status: 503 })],
    ['Trackunit refuses it', () => new Response('', { status: 403 })],
    ['the connection breaks', () => Promise.reject(new TypeError('gone'))],
    ['the answer has no count', says('many')],
    ['the answer is no JSON', () => new Response('<html>')],
  ] as const)('is unknown while %s, and asked for again after a minute', async ([, answer]) => {
    await using counted = await counting(answer, says(250))
    expect(await counted.count()).toBeNull()
    counted.stack.clock.advance(59_000)
    expect(await counted.count()).toBeNull()
    counted.stack.clock.advance(2_000)
    expect(await counted.count()).toBe(250)
    expect(counted.asked).toHaveLength(2)
  })

  test('is refused to who may not start the action', async () => {
    await using counted = await counting(says(250))
    await expect(counted.count('more')).rejects.toMatchObject({ cause: { reason: 'SCOPE_FORBIDDEN' } })
    expect(counted.asked).toEqual([])
  })
})
