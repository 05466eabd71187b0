import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { account, anna, createRunStack, type RunStack } from '../../test/run-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { unknownMachine } from '../../test/unknown-machine.ts'
import type { Caller, ServiceCaller } from '../access/caller.ts'
import { record } from '../audit/record.ts'
import { inTransaction } from '../context.ts'
import { byDatabaseClock } from '../database/database-clock.ts'
import type { SeenMachine } from '../machines/machine-register.ts'
import { startDueSchedules } from '../schedules/start-due-schedules.ts'
import { createRouter } from '../wiring/serve-http.ts'
import { defineAction } from './define-action.ts'
import { defineChange } from './define-change.ts'

const database = await createTestDatabase()
afterAll(database.drop)

/** Which scopes each run's token was asked for. */
const asked: string[][] = []
const report = defineAction({
  id: 'report',
  title: 'Report',
  description: 'Needs a, and shows more with b.',
  input: z.object({ days: z.number().default(7) }),
  scopes: ['a'],
  optionalScopes: ['b'],
  changesData: false,
  mayOverlap: true,
  async run({ trackunit, artifact, result, headline, previous, machines }) {
    await machines.keep([machineOf('secret of b')])
    await trackunit.get('/api/asset/v2/assets').catch(() => {})
    await result.columns([{ key: 'c', title: 'C', kind: 'text' }])
    await result.rows([{ id: 'secret of b', machine: null, cells: { c: 'secret of b' } }])
    await (await artifact({ name: 'report.csv', mediaType: 'text/csv' })).write('secret of b\n')
    await headline(previous ? `Compared with ${previous.runId}.` : 'secret of b')
  },
})

const machineOf = (site: string): SeenMachine => ({
  ...unknownMachine,
  id: 'm1',
  site: { id: 's', name: site },
})

const user = (scopes: string[] | undefined): Caller => ({ ...anna, scopes })
const service = (scopes: string[]): ServiceCaller => ({
  kind: 'service',
  service: 'reports',
  keyId: 'key',
  mac: '',
  grants: [{ accountId: account, scopes, mac: '' }],
})

async function openStack(granted: string[]) {
  asked.splice(0)
  const fetch: typeof globalThis.fetch = async (address, init) => {
    if (!String(address).endsWith('/apptoken')) return Response.json({ content: [], totalPages: 0 })
    const scope = new URLSearchParams(String(init?.body)).get('scope') ?? ''
    asked.push(scope.split(' '))
    return Response.json({ access_token: `token for ${scope}`, token_type: 'Bearer', expires_in: 3_600, scope })
  }
  const environment = { SMTP_URL: 'smtp://mail.example', MAIL_FROM: 'standin@example.com' }
  const stack = await createRunStack({ database, actions: [report], environment, fetch })
  await stack.install(account, { grantedScopes: granted })
  return stack
}

function callAs({ ctx }: RunStack, who: Caller) {
  const keys = { ...ctx.access.keys, on: (each: ServiceCaller) => each } // A service's grant is what the caller says.
  return createRouter({ ...ctx, access: { ...ctx.access, keys } }).createCaller({
    requestId: 'test',
    authenticate: async () => who,
  })
}
const input = { accountId: account, actionId: 'report', input: {} }
let runs = 0

async function ran(stack: RunStack, who: Caller): Promise<string> {
  const { id } = await callAs(stack, who).run.start({ ...input, idempotencyKey: `run-of-optional-${++runs}` })
  await stack.createWorker().workOn(id)
  expect(await stack.run(id)).toMatchObject({ state: 'succeeded' })
  return id
}

const outcomeOf = (call: Promise<unknown>) =>
  call.then(
    (answer) => (JSON.stringify(answer).includes('secret of b') ? 'shown' : 'allowed'),
    ({ cause, reason }) => cause?.reason ?? reason,
  )

/** Every way to a run that there is, asked by one caller. */
async function waysTo(stack: RunStack, who: Caller, runId: string): Promise<Record<string, unknown>> {
  const api = callAs(stack, who)
  const [artifact] = await stack.sql`select id from artifacts where run_id = ${runId}`
  const has = (found: ReadonlyArray<{ id: string }>) => found.some(({ id }) => id === runId)
  return {
    get: await outcomeOf(api.run.get({ runId })),
    result: await outcomeOf(api.run.result({ runId })),
    machines: await outcomeOf(api.run.machines({ runId, filter: {} })),
    events: await outcomeOf(api.run.events({ runId }).then((events) => Array.fromAsync(events))),
    cancel: await outcomeOf(api.run.cancel({ runId })),
    retry: await outcomeOf(api.run.retry({ runId, idempotencyKey: `retry-of-optional-${++runs}` })),
    resend: await outcomeOf(api.delivery.resend({ runId, deliveryId: `${runId}/0` })),
    file: await outcomeOf(api.artifact.link({ artifactId: artifact?.id })),
    list: has((await api.run.list({ accountId: account })).runs),
    listOfAction: has((await api.run.list({ accountId: account, actionId: 'report' })).runs),
    latest: has((await api.run.latest({ accountId: account })).runs),
  }
}

const open = {
  get: 'shown',
  result: 'shown',
  machines: 'allowed',
  events: 'shown',
  cancel: 'RUN_NOT_CANCELLABLE',
  retry: 'allowed',
  resend: 'DELIVERY_NOT_FOUND',
  file: 'allowed',
  list: true,
  listOfAction: true,
  latest: true,
}
const closed = {
  get: 'SCOPE_FORBIDDEN',
  result: 'SCOPE_FORBIDDEN',
  machines: 'SCOPE_FORBIDDEN',
  events: 'SCOPE_FORBIDDEN',
  cancel: 'SCOPE_FORBIDDEN',
  retry: 'SCOPE_FORBIDDEN',
  resend: 'SCOPE_FORBIDDEN',
  file: 'SCOPE_FORBIDDEN',
  list: false,
  listOfAction: false,
  latest: false,
}

describe('what was read with an optional scope', () => {
  const kinds = { user, service }
  test.for(
    (['user', 'service'] as const).flatMap((kind) =>
      [['a'], ['a', 'b']].flatMap((starter) =>
        [['a'], ['a', 'b']].flatMap((granted) =>
          [['a'], ['a', 'b']].map((reader) => ({ kind, starter, granted, reader })),
        ),
      ),
    ),
  )(
    'is shown to a $kind with $reader of a run by one with $starter where $granted is granted, only if they have what it read with',
    async ({ kind, starter, granted, reader }) => {
      await using stack = await openStack(granted)
      const id = await ran(stack, kinds[kind](starter))
      const usesB = starter.includes('b') && granted.includes('b')

      expect(asked).toEqual([usesB ? ['a', 'b'] : ['a']])
      const ways = await waysTo(stack, kinds[kind](reader), id)
      const expected = usesB && !reader.includes('b') ? closed : open
      // No service is asked about machines.
      expect(ways).toEqual({ ...expected, ...(kind === 'service' && { machines: 'ACCOUNT_FORBIDDEN' }) })
    },
  )

  test('is no choice of a form for those who lack it', async () => {
    await using stack = await openStack(['a', 'b'])
    await ran(stack, user(['a', 'b']))
    const choices = (who: Caller) => callAs(stack, who).filter.choices({ accountId: account })
    expect(await outcomeOf(choices(user(['a'])))).toBe('allowed')
    for (const who of [user(['a', 'b']), user(undefined)]) expect(await outcomeOf(choices(who))).toBe('shown')
  })

  test('is shown to everybody on the account where tokens do not tell scopes', async () => {
    await using stack = await openStack(['a', 'b'])
    const id = await ran(stack, user(undefined))
    expect(asked).toEqual([['a', 'b']])
    expect(await waysTo(stack, user(undefined), id)).toEqual(open)
  })

  test('is not read although the account grants it later, and no earlier run that had it is compared with', async () => {
    await using stack = await openStack(['a', 'b'])
    await ran(stack, user(['a', 'b']))
    const poor = await ran(stack, user(['a']))
    expect(asked).toEqual([['a', 'b'], ['a']])
    expect(await stack.run(poor)).toMatchObject({ headline: 'secret of b' }) // Nothing to compare with.
    const rich = await ran(stack, user(['a', 'b']))
    expect(await stack.run(rich)).toMatchObject({ headline: `Compared with ${poor}.` })
  })

  test('does not come with the key of somebody else’s run', async () => {
    await using stack = await openStack(['a', 'b'])
    const idempotencyKey = 'a-key-that-two-know'
    const { id } = await callAs(stack, user(['a', 'b'])).run.start({ ...input, idempotencyKey })
    expect(await outcomeOf(callAs(stack, user(['a'])).run.start({ ...input, idempotencyKey }))).toBe('SCOPE_FORBIDDEN')
    expect((await callAs(stack, user(['a', 'b'])).run.start({ ...input, idempotencyKey })).id).toBe(id)
  })

  test('is read by a schedule only while its author has the scope', async () => {
    await using stack = await openStack(['a', 'b'])
    const planned = { ...input, deliverTo: [], recurrence: 'FREQ=DAILY;BYHOUR=6', timeZone: 'UTC' }
    for (const scopes of [['a'], ['a', 'b']]) {
      const { id } = await callAs(stack, user(scopes)).schedule.create(planned)
      await stack.sql`
        update schedules set next_at = now() - interval '1 second', due_at = now() - interval '1 second' where id = ${id}`
      const ctx = await byDatabaseClock(stack.ctx)
      expect(await startDueSchedules(ctx)).toBe(true)
      expect(await stack.sql`select reads_with::text from runs where schedule_id = ${id}`).toEqual([
        { reads_with: `{${scopes}}` },
      ])
    }
  })

  test('reaches no run that applies a preview for somebody who may not see it', async () => {
    const change = defineChange({
      id: 'report',
      title: 'Report',
      description: 'Changes.',
      input: z.object({}),
      scopes: ['a'],
      optionalScopes: ['b'],
      find: async () => {},
      // biome-ignore lint/suspicious/noExplicitAny: only its previews are made here
    } as any)
    await using stack = await createRunStack({ database, actions: [{ ...change, mayOverlap: true } as never] })
    await stack.install()
    const rich = callAs(stack, user(['a', 'b']))
    const { id } = await rich.run.start({ ...input, mode: 'preview', idempotencyKey: 'the-preview-of-the-rich' })
    await stack.sql`update runs set state = 'succeeded', ended_at = now() where id = ${id}`
    const apply = (who: Caller, idempotencyKey: string) =>
      outcomeOf(callAs(stack, who).run.start({ ...input, previewRunId: id, idempotencyKey }))

    expect(await apply(user(['a']), 'applied-by-the-poor')).toBe('SCOPE_FORBIDDEN')
    expect(await apply(user(['a', 'b']), 'applied-by-the-rich')).toBe('allowed')
    expect(await stack.sql`select distinct reads_with::text from runs`).toEqual([{ reads_with: '{a,b}' }])
  })
})

test('the audit says to everybody that something was changed, and what it was only to those who may read it', async () => {
  await using stack = await openStack(['a', 'b'])
  const runId = randomUUID()
  const change = { key: 'event-7', description: 'Dismiss “Low fuel” of EC220' }
  for (const actionId of ['report', 'gone'])
    await inTransaction(stack.ctx, (tx) =>
      record(tx, {
        actor: { kind: 'user', id: 'anna', name: null },
        event: 'change.made',
        accountId: account,
        details: { runId, actionId, ...change },
      }),
    )
  const listed = async (who: Caller) =>
    (await callAs(stack, who).audit.list({ accountId: account, changesOfRun: runId })).entries.map(
      ({ details }) => details,
    )
  for (const who of [user(['a', 'b']), user(undefined), service(['a', 'b'])])
    expect(await listed(who)).toEqual([
      { runId, actionId: 'gone' },
      { runId, actionId: 'report', ...change },
    ])
  for (const who of [user([]), user(['a']), user(['b']), service(['a'])])
    expect(await listed(who)).toEqual([
      { runId, actionId: 'gone' },
      { runId, actionId: 'report' },
    ])
})

describe('a schedule', () => {
  const planned = { ...input, input: { days: 3 }, deliverTo: [], recurrence: 'FREQ=DAILY;BYHOUR=6', timeZone: 'UTC' }
  const listed = async (stack: RunStack, who: Caller) =>
    (await callAs(stack, who).schedule.list({ accountId: account })).schedules.map(({ input: given }) => given)

  test('is listed, with its input, only to those who may start its action', async () => {
    await using stack = await openStack(['a', 'b'])
    await callAs(stack, user(['a'])).schedule.create(planned)
    for (const who of [user(['a']), user(undefined), service(['a', 'b'])])
      expect(await listed(stack, who)).toEqual([{ days: 3 }])
    for (const who of [user([]), user(['b']), service(['b'])]) expect(await listed(stack, who)).toEqual([])
  })

  test('of an action that the server no longer has can be seen and ended by everybody, and shows nothing of its input', async () => {
    await using stack = await openStack(['a'])
    const { id } = await callAs(stack, user(['a'])).schedule.create(planned)
    await stack.sql`update schedules set action_id = 'gone'`
    expect(await listed(stack, user([]))).toEqual([{}])
    expect(await callAs(stack, user([])).schedule.pause({ scheduleId: id })).toMatchObject({
      state: 'paused',
      input: {},
    })
  })
})

test('a run whose action needs more than it was accepted with does not read with it', async () => {
  await using stack = await openStack(['a', 'b'])
  const { id } = await callAs(stack, user(['a', 'b'])).run.start({ ...input, idempotencyKey: 'before-the-update' })
  await inTransaction(stack.ctx, (tx) => tx.db.execute(`update runs set reads_with = '{c}'`))
  await stack.createWorker().workOn(id)
  expect(await stack.run(id)).toMatchObject({ state: 'failed', reason: 'ACTION_CHANGED' })
  expect(asked).toEqual([])
})
