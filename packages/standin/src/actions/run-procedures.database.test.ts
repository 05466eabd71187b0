import { afterAll, describe, expect, test } from 'vitest'
import { planAmongMany } from '../../test/plan-among-many.ts'
import { createReportAction } from '../../test/report-action.ts'
import { account, anna, caller, createRunStack, otherAccount, type RunStack } from '../../test/run-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { unknownMachine } from '../../test/unknown-machine.ts'
import type { Caller, ServiceCaller } from '../access/caller.ts'
import { grant, removeGrant } from '../access/change-grants.ts'
import { revokeKey } from '../access/change-keys.ts'
import { createKey } from '../access/create-key.ts'
import { wakeServiceReaders } from '../accounts/installation-events.ts'
import { inTransaction } from '../context.ts'
import { contracted, router } from '../http/trpc.ts'
import type { SeenMachine } from '../machines/machine-register.ts'
import { appendEvent } from '../runs/run-event-store.ts'
import { lastRunsOf } from '../runs/run-list-store.ts'
import { createRouter } from '../wiring/serve-http.ts'
import type { AnyAction, RunContext } from './define-action.ts'
import { runProcedures } from './run-procedures.ts'

const operator = { kind: 'operator', id: 'test' } as const

const database = await createTestDatabase()
afterAll(database.drop)

const report = createReportAction(async ({ artifact, headline }) => {
  await (await artifact({ name: 'report.csv', mediaType: 'text/csv' })).write('line\n')
  await headline('One line.')
})

/** An account that has installed the app, on a server that sends email. */
async function openStack(action: AnyAction = report) {
  const environment = { SMTP_URL: 'smtp://mail.example', MAIL_FROM: 'standin@example.com' }
  const stack = await createRunStack({ database, actions: [action], environment })
  await stack.install()
  return stack
}

function callAs({ ctx }: RunStack, who: Caller) {
  // A service's grant is what the caller says.
  const access = { ...ctx.access, keys: { ...ctx.access.keys, on: (each: ServiceCaller) => each } }
  return router(runProcedures(ctx, contracted({ ...ctx, access }))).createCaller({
    requestId: 'test',
    authenticate: async () => who,
  })
}
const asked = { accountId: account, actionId: 'report', input: {} }

test('a run has the form of the contract, with its files once it has ended, and until when they are kept', async () => {
  await using stack = await openStack()
  const api = callAs(stack, anna)
  const started = await api.start({ ...asked, idempotencyKey: 'key-of-this-run' })
  expect(started).toMatchObject({
    state: 'queued',
    startedBy: { kind: 'user', id: 'anna', name: 'Anna' },
    artifacts: [],
  })

  await stack.createWorker().workOn(started.id)

  const run = await api.get({ runId: started.id })
  const keptUntil = new Date(Date.parse(run.endedAt ?? '') + 30 * 86_400_000).toISOString()
  const file = { name: 'report.csv', mediaType: 'text/csv', bytes: 5, keptUntil }
  expect(run).toMatchObject({ state: 'succeeded', headline: 'One line.', artifacts: [file] })
  const told = await Array.fromAsync(await api.events({ runId: started.id })) // Each an id and an event.
  const offered = expect.objectContaining({ type: 'artifact', artifact: run.artifacts[0] })
  expect(told).toContainEqual(expect.arrayContaining([offered]))
})

test('pages of a list contain each run once, the newest first, also when many started at the same moment', async () => {
  await using stack = await openStack()
  const api = callAs(stack, anna)
  for (let number = 1; number <= 7; number++) await api.start({ ...asked, idempotencyKey: `key-of-run-${number}` })
  await stack.start({ accountId: otherAccount })
  await stack.sql`update runs set created_at = date_trunc('minute', now())`

  const read: string[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < 4; pages++) {
    const page = await api.list({ accountId: account, limit: 3, ...(cursor !== undefined && { cursor }) })
    read.push(...page.runs.map(({ id }) => id))
    if (pages === 0) await api.start({ ...asked, idempotencyKey: 'started-between-two-pages' })
    if (page.nextCursor === null) break
    cursor = page.nextCursor
  }

  expect(read).toHaveLength(7)
  expect(new Set(read).size).toBe(7)
})

test('a list can be filtered by state', async () => {
  await using stack = await openStack()
  const api = callAs(stack, anna)
  const [first] = [await stack.start(), await stack.start()]
  await stack.createWorker().workOn(first.id)

  const { runs } = await api.list({ accountId: account, states: ['succeeded'] })

  expect(runs.map(({ id }) => id)).toEqual([first.id])
})

test('watchers of an account are notified of each run that is accepted and ends, and of nothing that a list does not show', async () => {
  await using stack = await openStack()
  const heard: string[] = []
  await stack.listener.on('runs_changed', (accountId) => heard.push(accountId))

  const run = await stack.start()
  await stack.start({ accountId: otherAccount })
  await inTransaction(stack.ctx, (tx) => appendEvent(tx, run, { type: 'log', message: 'half-way' }))
  await stack.cancel(run.id)

  await expect.poll(() => heard).toEqual([account, otherAccount, account])
})

test('the machines that a run read can be listed in pages, by name, those of a choice alone; of no other run', async () => {
  const machine = (id: string, type: string): SeenMachine => ({ ...unknownMachine, id, name: `M ${id}`, type })
  let seen = ['c', 'a', 'e', 'b', 'd'].map((id) => machine(id, id < 'd' ? 'CRANE' : 'ROLLER'))
  await using stack = await openStack(createReportAction(({ machines }) => machines.keep(seen)))
  const api = callAs(stack, anna)
  const ran = async () => {
    const { id } = await stack.start()
    await stack.createWorker().workOn(id)
    return id
  }
  const runId = await ran()
  seen = [machine('later', 'CRANE')]
  const later = await ran()
  const list = async (of: string, filter: object, cursor?: string) => {
    const page = await api.machines({ runId: of, filter, limit: 2, ...(cursor !== undefined && { cursor }) })
    return [page.machines.map(({ id }) => id).join(''), page.nextCursor]
  }

  expect(await list(runId, {})).toEqual(['ab', '2'])
  expect(await list(runId, {}, '2')).toEqual(['cd', '4'])
  expect(await list(runId, {}, '4')).toEqual(['e', null])
  expect(await list(runId, { types: ['ROLLER'] })).toEqual(['de', null])
  expect(await list(later, {})).toEqual(['later', null])
  await expect(list(runId, {}, 'x')).rejects.toMatchObject({ cause: { reason: 'INPUT_INVALID' } })
})

describe('invariant 24: the run of another account does not exist', () => {
  test.for(['get', 'cancel', 'events', 'retry', 'machines'] as const)('for %s', async (procedure) => {
    await using stack = await openStack()
    const { id: runId } = await stack.start({ accountId: otherAccount })
    const api = callAs(stack, anna)

    const call = {
      retry: () => api.retry({ runId, idempotencyKey: 'key-of-a-retry' }),
      machines: () => api.machines({ runId, filter: {} }),
      get: () => api.get({ runId }),
      cancel: () => api.cancel({ runId }),
      events: () => api.events({ runId }),
    }
    const called = call[procedure]()

    await expect(called).rejects.toMatchObject({ cause: { reason: 'RUN_NOT_FOUND' } })
  })
})

describe('invariant 21: the stream of events', () => {
  test('carries the number of each event as its id, and continues after the last event that was received', async () => {
    await using stack = await openStack()
    const { id } = await stack.start()
    await stack.createWorker().workOn(id)

    const read: Array<[string, number]> = []
    // A caller in the same process sees what the wire is made of: id, event and a mark.
    for await (const sent of (await callAs(stack, anna).events({
      runId: id,
      lastEventId: '1',
    })) as AsyncIterable<unknown>) {
      const [eventId, event] = sent as [string, { seq: number }]
      read.push([eventId, event.seq])
    }

    expect(read.length).toBeGreaterThan(1)
    expect(read).toEqual(read.map((_, index) => [String(index + 2), index + 2]))
  })

  test('stays open for a token that is valid for years', async () => {
    await using stack = await openStack()
    const { id } = await stack.start()
    const stream = (await callAs(stack, anna).events({ runId: id, lastEventId: '1' }))[Symbol.asyncIterator]()
    const next = stream.next()

    await stack.cancel(id)

    expect(await next).toMatchObject({ value: ['2', { state: 'cancelled' }, expect.anything()] })
  })

  test('ends with the token that opened it, so that the browser reconnects with its next one', async () => {
    await using stack = await openStack()
    const { id } = await stack.start()
    const expiresAt = new Date(stack.clock.now().getTime() + 20)

    const stream = (await callAs(stack, { ...anna, expiresAt }).events({ runId: id, lastEventId: '1' }))[
      Symbol.asyncIterator
    ]()

    await expect(stream.next()).rejects.toMatchObject({ name: 'AbortError' })
  })

  test.for<{ lost: string; lose: (stack: RunStack, keyId: string) => Promise<unknown> }>([
    { lost: 'key', lose: ({ ctx }, id) => revokeKey(ctx, { id, actor: operator }) },
    {
      lost: 'grant',
      lose: ({ ctx }) => removeGrant(ctx, { service: 'reports', accountId: account, actor: operator }),
    },
    {
      lost: 'scope',
      lose: ({ ctx }) => grant(ctx, { service: 'reports', accountId: account, scopes: ['b'], actor: operator }),
    },
  ])('ends with the $lost of the service that reads it, and with no other', async ({ lose }) => {
    await using stack = await openStack()
    await stack.listener.on('access_changed', () => wakeServiceReaders(stack.ctx))
    const { id: runId } = await stack.start()
    const readAs = async (service: string) => {
      const granted = { accountId: account, scopes: ['a'] }
      const made = await createKey(stack.ctx, {
        ...granted,
        service,
        actor: operator,
        expiresAt: new Date('2099-01-01'),
      })
      const who = { ...caller, service, keyId: made.id, grants: [{ ...granted, mac: '' }] }
      const events = await callAs(stack, who).events({ runId, lastEventId: '1' })
      return { keyId: made.id, next: events[Symbol.asyncIterator]().next() }
    }
    const [reports, others] = [await readAs('reports'), await readAs('others')]

    await Promise.all([expect(reports.next).rejects.toMatchObject({ name: 'AbortError' }), lose(stack, reports.keyId)])
    await stack.cancel(runId)
    expect(await others.next).toMatchObject({ value: ['2', { state: 'cancelled' }, expect.anything()] })
  })
})

describe('the time zone and units of the reader', () => {
  const habits = { timeZone: 'America/Chicago', unitSystem: 'imperial' } as const

  test('come with a run, reach its action, and stay when the run is retried', async () => {
    const seen: unknown[] = []
    const looking = { ...report, run: async ({ account }: RunContext<object>) => void seen.push(account) }
    await using stack = await openStack(looking)
    const api = callAs(stack, anna)
    const first = await api.start({ ...asked, ...habits, idempotencyKey: 'key-of-this-run' })
    await stack.createWorker().workOn(first.id)

    const again = await api.retry({ runId: first.id, idempotencyKey: 'key-of-the-second' })
    await stack.createWorker().workOn(again.id)

    expect([first, again]).toMatchObject([habits, habits])
    expect(seen).toMatchObject([habits, habits])
  })

  test('are null when the caller did not give them', async () => {
    await using stack = await openStack()
    const run = await callAs(stack, anna).start({ ...asked, idempotencyKey: 'key-of-this-run' })
    expect(run).toMatchObject({ timeZone: null, unitSystem: null })
  })

  test('are refused when they do not exist', async () => {
    await using stack = await openStack()
    const wrong = { ...asked, idempotencyKey: 'key-of-this-run', timeZone: 'Mars/Olympus' }
    await expect(callAs(stack, anna).start(wrong)).rejects.toMatchObject({
      cause: { issues: [{ path: ['timeZone'] }] },
    })
  })
})

test('a run that has ended can be retried under a new key; the same key again returns the same run', async () => {
  await using stack = await openStack()
  const api = callAs(stack, anna)
  const deliverTo = [{ kind: 'email' as const, address: 'anna@example.com', file: 'csv' as const }]
  const { id } = await api.start({ ...asked, deliverTo, idempotencyKey: 'key-of-this-run' })
  const again = { runId: id, idempotencyKey: 'key-of-the-second' }
  await expect(api.retry(again)).rejects.toMatchObject({ cause: { reason: 'RUN_NOT_ENDED' } })
  await stack.createWorker().workOn(id)

  const second = await api.retry(again)

  expect(second).toMatchObject({ retryOf: id, state: 'queued', input: {}, startedBy: { id: 'anna' } })
  expect((await stack.run(second.id)).deliverTo).toEqual(deliverTo)
  expect((await api.retry(again)).id).toBe(second.id)
  await expect(api.start({ ...asked, idempotencyKey: again.idempotencyKey })).rejects.toMatchObject({
    cause: { reason: 'IDEMPOTENCY_KEY_REUSED' },
  })
})

test('a list shows the runs of one schedule', async () => {
  await using stack = await openStack()
  const scheduleId = '33333333-3333-4333-8333-333333333333'
  const [first, second] = [await stack.start(), await stack.start(), await stack.start()]
  await stack.sql`update runs set schedule_id = ${scheduleId} where id in (${first.id}, ${second.id})`

  const { runs } = await callAs(stack, anna).list({ accountId: account, scheduleId })

  expect(runs.map((run) => [run.id, run.scheduleId])).toEqual([
    [second.id, scheduleId],
    [first.id, scheduleId],
  ])
})

test('a service starts and cancels under its own name', async () => {
  await using stack = await openStack()
  const api = callAs(stack, caller)
  const { id, startedBy } = await api.start({ ...asked, idempotencyKey: 'key-of-a-service' })
  await api.cancel({ runId: id })

  expect(startedBy).toEqual({ kind: 'service', id: 'reports', name: 'reports' })
  expect(await stack.sql`select actor_kind, actor_id, event from audit_entries order by id`).toMatchObject([
    { actor_kind: 'service', actor_id: 'reports', event: 'run.started' },
    { actor_kind: 'service', actor_id: 'reports', event: 'run.cancelled' },
  ])
})

describe('a user whose token lacks a scope of the action', () => {
  const bert: Caller = { ...anna, id: 'bert', scopes: ['b'] }
  const other: AnyAction = { ...report, id: 'other', scopes: ['b'] }

  test('invariant 24: sees neither the run nor its events, and no such run in a list', async () => {
    await using stack = await createRunStack({ database, actions: [report, other] })
    const { id: hidden } = await stack.start({ actionId: 'report' })
    const { id: seen } = await stack.start({ actionId: 'other' })
    const api = callAs(stack, bert)
    const forbidden = expect.objectContaining({ cause: expect.objectContaining({ reason: 'SCOPE_FORBIDDEN' }) })

    await expect(api.get({ runId: hidden })).rejects.toEqual(forbidden)
    await expect(Array.fromAsync(await api.events({ runId: hidden }))).rejects.toThrow('SCOPE_FORBIDDEN')
    await expect(api.list({ accountId: account, actionId: 'report' })).rejects.toEqual(forbidden)
    expect((await api.list({ accountId: account })).runs.map(({ id }) => id)).toEqual([seen])
    await expect(callAs(stack, { ...anna, scopes: [] }).list({ accountId: account })).rejects.toEqual(forbidden)
    await expect(api.get({ runId: seen })).resolves.toMatchObject({ id: seen })
    expect((await callAs(stack, { ...anna, scopes: undefined }).list({ accountId: account })).runs).toHaveLength(2)
  })

  test('sees the machines that runs have read only with the scopes of an action', async () => {
    await using stack = await createRunStack({ database, actions: [report, other] })
    const choicesAs = (scopes: readonly string[] | undefined) =>
      createRouter(stack.ctx)
        .createCaller({ requestId: 'test', authenticate: async () => ({ ...anna, scopes }) })
        .filter.choices({ accountId: account, filter: {} })

    await expect(choicesAs([])).rejects.toThrow(/^SCOPE_FORBIDDEN.* Needed: a, or b\.$/)
    await expect(choicesAs(['b'])).resolves.toMatchObject({ known: 0 })
    await expect(choicesAs(undefined)).resolves.toMatchObject({ known: 0 })
  })
})

test('the last run of each action is found however many runs of others came after it', async () => {
  const other = { ...report, id: 'other' }
  const hidden = { ...report, id: 'hidden', scopes: ['b'] }
  await using stack = await createRunStack({ database, actions: [report, other, hidden] })
  const ended = async (actionId: string, minutesAgo: number, accountId = account) => {
    const { id } = await stack.start({ actionId, accountId })
    await stack.sql`update runs set state = 'succeeded', ended_at = now() - make_interval(mins => ${minutesAgo}) where id = ${id}`
    return id
  }
  await ended('report', 90)
  const last = await ended('report', 60)
  for (let nth = 20; nth > 1; nth--) await ended('other', nth)
  const lastOther = await ended('other', 1)
  await ended('hidden', 1)
  await ended('report', 1, otherAccount)
  await stack.start({ actionId: 'report' }) // Has not ended.

  const { runs } = await callAs(stack, anna).latest({ accountId: account })
  expect(runs.map(({ id }) => id)).toEqual([lastOther, last])

  const plan = await planAmongMany(stack.sql, lastRunsOf(stack.db, account, ['report', 'other']).toSQL(), last)
  expect(plan).toContain('runs_last_of_action')
  expect(plan).not.toContain('Seq Scan on runs')
})
