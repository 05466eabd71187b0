import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createGate } from '../../test/gate.ts'
import { account, anna, createRunStack, otherAccount, type RunStack } from '../../test/run-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { lockPromotion } from '../runs/run-promotion-store.ts'
import { graphqlKey } from '../trackunit/rate-rules.ts'
import { type AnyAction, defineAction } from './define-action.ts'
import { startRun } from './start-run.ts'

const database = await createTestDatabase()
afterAll(database.drop)

const action = (id: string, change: Partial<AnyAction> = {}): AnyAction => ({
  ...defineAction({
    id,
    title: id,
    description: id,
    input: z.object({ site: z.string().optional() }),
    scopes: ['a'],
    changesData: false,
    run: async () => {},
  }),
  ...change,
})
const actions = [
  action('report'),
  action('count'),
  action('sum'),
  action('overlapping', { mayOverlap: true }),
  action('changing', { changesData: true }),
  action('needs-more', { scopes: ['a', 'c'] }),
  action('counted', { input: z.object({ days: z.string().transform(Number) }) }),
]

/** As a request to GraphQL that Trackunit refused just now leaves it. */
const refuseGraphql = ({ sql }: RunStack) =>
  sql`insert into rate_budgets (key, account_id, state)
    values (${graphqlKey}, ${account}, jsonb_build_object('refusedAtMs', extract(epoch from now()) * 1000))`

test('an accepted run is on disk, announced, promoted and due', async () => {
  await using stack = await createRunStack({ database, actions })

  const run = await stack.start({ input: { site: 'Harbour' } })

  expect(await stack.run(run.id)).toEqual(run)
  expect(run).toMatchObject({
    state: 'queued',
    accountId: account,
    input: { site: 'Harbour' },
    attempts: 0,
    urgency: 0,
  })
  expect(await stack.states(run.id)).toEqual(['queued'])
  expect(await stack.promoted()).toEqual([run.id])
  expect(await stack.due()).toEqual([run.id])
  expect(await stack.audit(run.id)).toEqual(['run.started'])
})

test('invariant 25: nobody fills the line of their colleagues: a person has at most twenty open runs of an action', async () => {
  await using stack = await createRunStack({ database, actions })
  await stack.install()
  const start = (id: string, key: string, actionId = 'overlapping') =>
    startRun(
      stack.ctx,
      { ...anna, id },
      { accountId: account, actionId, mode: 'apply', input: {}, deliverTo: [], idempotencyKey: key },
    )
  const greedy = (nth: number) => start('greedy', `run-of-the-greedy-${nth}`)
  const [first] = [await greedy(0)]
  for (let nth = 1; nth < 20; nth++) await greedy(nth)

  await expect(greedy(20)).rejects.toMatchObject({ reason: 'RATE_LIMITED', retryAfterMs: 60_000 })
  expect((await greedy(0)).id).toBe(first.id) // The same key again is no other run.
  await start('colleague', 'run-of-a-colleague')
  await start('greedy', 'run-of-another-action', 'report')
  await stack.start({ actionId: 'overlapping' }) // A service has a budget of its own.
  await stack.cancel(first.id)
  await greedy(20)
})

test('invariant 20: a run that is accepted while another one ends takes its place, as it then is', async () => {
  await using stack = await createRunStack({ database, actions: [action('long', { mayOverlap: true })] })
  const first = await stack.start()
  await stack.start()
  const ending = createGate()
  const end = stack.db.transaction(async (tx) => {
    await lockPromotion(tx, account)
    await tx.execute(`update runs set state = 'succeeded', ended_at = now() where id = '${first.id}'`)
    await ending.pass()
  })
  await ending.reached

  const accepted = stack.start() // Waits for the lock, and must not have read the line before.
  await expect.poll(() => stack.sql`select from pg_locks where locktype = 'advisory' and not granted`).toHaveLength(1)
  ending.open()

  await end
  expect((await stack.run((await accepted).id)).promotedAt).not.toBeNull()
})

describe('invariant 20: starting twice with one key', () => {
  const idempotencyKey = 'the-same-key'

  test('starts once, also at the same moment', async () => {
    await using stack = await createRunStack({ database, actions })

    const runs = await Promise.all(
      Array.from({ length: 10 }, () => stack.start({ idempotencyKey, input: { site: 'x' } })),
    )

    expect(new Set(runs.map(({ id }) => id)).size).toBe(1)
    expect(await stack.due()).toHaveLength(1)
    expect(await stack.states(runs[0]?.id ?? '')).toEqual(['queued'])
  })

  test.for([
    { title: 'other input', other: { input: { site: 'y' } } },
    { title: 'less input', other: { input: {} } },
    { title: 'another action', other: { actionId: 'count' } },
  ])('with $title is refused', async ({ other }) => {
    await using stack = await createRunStack({ database, actions })
    await stack.start({ idempotencyKey, input: { site: 'x' } })

    await expect(stack.start({ idempotencyKey, input: { site: 'x' }, ...other })).rejects.toMatchObject({
      reason: 'IDEMPOTENCY_KEY_REUSED',
    })
  })

  test('returns the run also while no other run of its action would be accepted', async () => {
    await using stack = await createRunStack({ database, actions })
    const first = await stack.start({ idempotencyKey })
    await stack.start()

    expect(await stack.start({ idempotencyKey })).toEqual(await stack.run(first.id))
  })

  test('starts another run on another account', async () => {
    await using stack = await createRunStack({ database, actions })
    const one = await stack.start({ idempotencyKey })
    const other = await stack.start({ idempotencyKey, accountId: otherAccount })

    expect(other.id).not.toBe(one.id)
  })
})

describe('invariant 20: runs of one account and action do not overlap', () => {
  test('the second waits, the third is refused and leaves nothing', async () => {
    await using stack = await createRunStack({ database, actions })
    const first = await stack.start()
    const second = await stack.start()

    await expect(stack.start()).rejects.toMatchObject({ reason: 'RUN_OVERLAPS' })

    expect(await stack.promoted()).toEqual([first.id])
    expect(await stack.run(second.id)).toMatchObject({ state: 'queued', promotedAt: null })
    expect(await stack.sql`select count(*)::int from runs`).toEqual([{ count: 2 }])
  })

  test('runs of another action and of another account work beside them', async () => {
    await using stack = await createRunStack({ database, actions })
    const ids = [
      await stack.start(),
      await stack.start({ actionId: 'count' }),
      await stack.start({ accountId: otherAccount }),
    ].map(({ id }) => id)

    expect(await stack.promoted()).toEqual(ids)
  })

  test('runs that may overlap do, two at a time', async () => {
    await using stack = await createRunStack({ database, actions })
    const runs = [1, 2, 3].map(() => stack.start({ actionId: 'overlapping' }))
    await Promise.all(runs)

    expect(await stack.promoted()).toHaveLength(2)
  })

  test('the next ones start when one has ended, the oldest first', async () => {
    await using stack = await createRunStack({ database, actions })
    const [first, count, second, sum] = [
      await stack.start(),
      await stack.start({ actionId: 'count' }),
      await stack.start(),
      await stack.start({ actionId: 'sum' }),
    ]
    const worker = stack.createWorker()

    await worker.workOn(count.id)
    expect(await stack.promoted()).toEqual([first.id, count.id, sum.id])
    await worker.workOn(first.id)
    expect(await stack.promoted()).toEqual([first.id, count.id, second.id, sum.id])
  })

  test('the database refuses an overlap that the code would allow', async () => {
    await using stack = await createRunStack({ database, actions })
    await stack.start()
    await stack.start()

    await expect(stack.sql`update runs set state = 'running'`).rejects.toMatchObject({ code: '23505' })
  })
})

describe('what cannot be started is refused', () => {
  test.for([
    { title: 'an unknown action', asked: { actionId: 'nothing' }, reason: 'ACTION_NOT_FOUND' },
    { title: 'a change without its preview', asked: { actionId: 'changing' }, reason: 'PREVIEW_REQUIRED' },
    {
      title: 'an action that needs more than the caller has',
      asked: { actionId: 'needs-more' },
      reason: 'SCOPE_FORBIDDEN',
    },
    // PostgreSQL's JSON accepts neither; without its own check, this would be an internal error.
    { title: 'NUL in its input', asked: { input: { site: 'a\0b' } }, reason: 'INPUT_INVALID' },
    { title: 'half a character in its input', asked: { input: { site: 'a\ud83d' } }, reason: 'INPUT_INVALID' },
  ])('$title: $reason', async ({ asked, reason }) => {
    await using stack = await createRunStack({ database, actions })
    await expect(stack.start(asked)).rejects.toMatchObject({ reason })
  })

  test('input of another shape is refused, with the field named', async () => {
    await using stack = await createRunStack({ database, actions })
    await expect(stack.start({ input: { site: 5 } })).rejects.toMatchObject({ name: 'ZodError' })
  })

  test('invariant 17: a scope that the account did not grant is named', async () => {
    await using stack = await createRunStack({ database, actions })
    await stack.install(account, { grantedScopes: ['b'] })
    await expect(stack.start()).rejects.toMatchObject({ reason: 'SCOPE_NOT_GRANTED', detail: 'Needed: a.' })
  })

  test('invariant 17: a scope that the plan lacks has its own reason, and is named', async () => {
    await using stack = await createRunStack({ database, actions })
    await stack.install(account, { grantedScopes: ['b'], missingFromPlan: ['a'] })
    await expect(stack.start()).rejects.toMatchObject({ reason: 'PLAN_REQUIRED', detail: 'Not in the plan: a.' })
    expect(await stack.sql`select 1 from runs`).toEqual([])
  })

  test('invariant 17: after Trackunit refused GraphQL, an action that requires it names what the plan must have', async () => {
    const needing = action('needing', { plan: 'the GraphQL API' })
    await using stack = await createRunStack({ database, actions: [needing, action('report')] })
    await stack.install(account, { grantedScopes: ['a'] })
    await refuseGraphql(stack)
    await expect(stack.start()).rejects.toMatchObject({
      reason: 'PLAN_REQUIRED',
      detail: 'Not in the plan: the GraphQL API.',
    })
    expect(await stack.start({ actionId: 'report' })).toMatchObject({ state: 'queued' })
  })

  test('an account that is not served says why', async () => {
    await using stack = await createRunStack({ database, actions })
    await stack.install(account, { state: 'uninstalled' })
    await expect(stack.start()).rejects.toMatchObject({ reason: 'INSTALLATION_UNINSTALLED' })
  })
})

test('a run is accepted while new credentials are not proven yet', async () => {
  await using stack = await createRunStack({ database, actions })
  await stack.install(account, { state: 'pending' })
  expect(await stack.start()).toMatchObject({ state: 'queued' })
})

test('a schema that transforms its input does so once, on the worker', async () => {
  const seen: unknown[] = []
  const counted = action('counted', {
    input: z.object({ days: z.string().transform(Number) }),
    run: async ({ input }) => void seen.push(input),
  })
  await using stack = await createRunStack({ database, actions: [counted] })
  const run = await stack.start({ input: { days: '7' } })

  await stack.createWorker().workOn(run.id)

  expect(seen).toEqual([{ days: 7 }])
  expect(await stack.run(run.id)).toMatchObject({ state: 'succeeded', input: { days: '7' } })
})

test('invariant 20: ten thousand waiting runs of one account do not delay the single run of another', async () => {
  await using stack = await createRunStack({ database, actions })
  await stack.start({ actionId: 'overlapping' })
  await stack.sql`insert into runs (account_id, action_id, mode, input, idempotency_key, started_by, reads_with, may_overlap, state, progress, steps)
    select account_id, action_id, mode, input, 'waiting-' || n, started_by, reads_with, true, 'queued', progress, steps
    from runs, generate_series(1, 10000) n`
  await stack.start({ actionId: 'overlapping' })

  const beganAtMs = performance.now()
  const single = await stack.start({ accountId: otherAccount })
  // It is due at once, behind no more than two runs of the other account, and none of its work reads the ten thousand.
  const due = await stack.due()
  expect(due).toContain(single.id)
  expect(due.indexOf(single.id)).toBeLessThanOrEqual(2)
  await stack.createWorker().workOn(single.id)

  expect(await stack.run(single.id)).toMatchObject({ state: 'succeeded' })
  expect(performance.now() - beganAtMs).toBeLessThan(10_000) // A tenth of a second on a quiet machine.
})

test('invariant 20: runs that a person waits for come before scheduled runs', async () => {
  await using stack = await createRunStack({ database, actions })
  const [busy, count] = [await stack.start(), await stack.start({ actionId: 'count' })]
  const planned = await stack.start({ actionId: 'sum' })
  await stack.sql`update runs set urgency = 1 where id = ${planned.id}`
  const asked = await stack.start({ actionId: 'overlapping' })

  await stack.createWorker().workOn(busy.id)

  expect(await stack.promoted()).toEqual([busy.id, count.id, asked.id])
})
