import { createStandinClient, spoken, textOf } from '@standin/client'
import type { Run, RunResult } from '@standin/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../scripts/part.ts'
import { accountId, install, otherAccountId, type Stack, startStack } from './stack.ts'
import { startTraceCollector } from './trace-collector.ts'

/** The four actions against the strict simulator, with a real server and database. */
const fleetSize = 101

let stack: Stack
let serviceKey: string
let collector: Awaited<ReturnType<typeof startTraceCollector>>
let api: ReturnType<typeof createStandinClient>['api']
beforeAll(async () => {
  collector = await startTraceCollector()
  stack = await startStack({ fleetSize, environment: collector.settings, actions: 'reference' })
  await install(stack, accountId)
  await install(stack, otherAccountId)
  const scopes = 'asset.view account.event.manage account.service-management.service-plan.assignment.view'
  serviceKey = await stack.operator('keys', 'create', '--service', 'reports', '--account', 'all', '--scopes', scopes)
  api = createStandinClient({ url: stack.server, serviceKey }).api
})
afterAll(async () => {
  await stack?.[Symbol.asyncDispose]()
  collector?.close()
})

let keys = 0
async function play(actionId: string, given: Partial<Parameters<typeof api.run.start.mutate>[0]> = {}) {
  const idempotencyKey = `actions-test-${++keys}`
  const { id: runId } = await api.run.start.mutate({ accountId, actionId, input: {}, idempotencyKey, ...given })
  let run: Run | undefined
  await until(`the run (${stack.log.slice(-5).join(' ')})`, async () => {
    run = await api.run.get.query({ runId })
    return run.endedAt !== null
  })
  if (!run) throw new Error('the run was read')
  const result: RunResult = spoken(await api.run.result.query({ runId, limit: 100 }), textOf)
  return { run: { ...run, headline: textOf(run.headline ?? '') }, result }
}
const brokenRules = async () =>
  (await stack.control<{ violations: Array<{ rule: string; detail: string }> }>('requests')).violations

test('the fleet snapshot lists the fleet with idle hours, and fills the machine picker', async () => {
  const { run, result } = await play('fleet-snapshot')

  expect(run, JSON.stringify(run)).toMatchObject({ state: 'succeeded', reason: null, attempts: 1 })
  expect(run.headline).toMatch(/^101 machines listed on \d+ sites\.$/)
  expect(result.total).toBe(fleetSize)
  expect(result.rows.filter(({ cells }) => cells.idleHours !== null).length).toBeGreaterThan(80)
  expect(result.rows.some(({ cells }) => cells.groups !== null)).toBe(true)
  expect(run.artifacts.map(({ name }) => name).sort()).toEqual(['fleet-snapshot.csv', 'fleet-snapshot.xlsx'])

  const choices = await api.filter.choices.query({ accountId, filter: {} })
  expect(choices.known).toBe(fleetSize)
  const [site] = choices.sites
  const filter = { siteIds: [site?.id ?? ''] }
  const saved = await api.filter.save.mutate({ accountId, name: 'The largest site', filter })
  expect((await api.filter.choices.query({ accountId, filter })).matching).toBe(site?.machines)
  expect((await api.filter.list.query({ accountId })).filters).toEqual([saved])
  await api.filter.delete.mutate({ accountId, filterId: saved.id })
  expect(await brokenRules()).toEqual([])
})

test('the attention list ranks machines, with data health and overdue services', async () => {
  const { run, result } = await play('attention-list')

  expect(run, JSON.stringify(run)).toMatchObject({ state: 'succeeded', reason: null })
  expect(run.headline).toMatch(/^\d+ of 101 machines need attention\.$/)
  const reasons = result.facets.find(({ key }) => key === 'reason')?.values.map(({ value }) => value)
  expect(reasons).toEqual(expect.arrayContaining(['Silent', 'Service overdue', 'Fuel low']))
  expect(result.detail ?? '').toBe('')
  expect(await brokenRules()).toEqual([])
})

test('stale events are previewed, then dismissed, each once, without the one that was left out', async () => {
  const { run: preview, result: before } = await play('clear-stale-events', { mode: 'preview' })
  expect(preview, JSON.stringify(preview)).toMatchObject({ state: 'succeeded', reason: null })
  const listed = Number(/^(\d+) events would be dismissed/.exec(preview.headline)?.[1])
  expect(listed).toBeGreaterThan(20)

  const leaveOut = before.rows.slice(0, 1).map(({ id }) => id)
  const { run, result } = await play('clear-stale-events', { previewRunId: preview.id, leaveOut })

  const made = listed - 1
  expect(run).toMatchObject({
    state: 'succeeded',
    leaveOut,
    headline: `${made} events dismissed. 1 was left out as chosen.`,
  })
  expect(result.total).toBe(listed)
  const { counts } = await stack.control<{ counts: Record<string, number> }>('requests')
  expect(counts).toMatchObject({ eventDismiss: made })
  expect(counts).not.toHaveProperty('eventDismiss again')
  expect(await brokenRules()).toEqual([])

  // The audit has a row for each; users see one entry for all of them.
  const [changed] = (await api.audit.list.query({ accountId, kinds: ['changed'], limit: 1 })).entries
  expect(changed).toMatchObject({
    event: 'run.changed',
    details: { runId: run.id, made, refused: 0, unknown: 0 },
  })
  const single = await api.audit.list.query({ accountId, changesOfRun: run.id, limit: 100 })
  expect(single.entries.map(({ event }) => event)).toEqual(
    Array.from({ length: Math.min(made, 100) }, () => 'change.made'),
  )
  expect(JSON.parse(await stack.operator('audit', 'verify', '--json'))).toMatchObject({ problems: [] })
})

test('utilisation says what is missing while too little has been collected', async () => {
  const { run } = await play('utilisation')
  expect(run).toMatchObject({ state: 'succeeded' })
  expect(run.headline).toMatch(/^There are no full weeks to compare yet/)
})

test('the fleet is listed even if the plan has no GraphQL', async () => {
  await stack.control(
    'settings',
    { plan: 'basic', planRefusal: 'forbidden', dataHealth: false, serviceLicence: false },
    'PUT',
  )

  // Another account: this one's AEMP snapshot was just read, and may be read again only in 15 minutes.
  const { run, result } = await play('attention-list', { accountId: otherAccountId })

  expect(run, JSON.stringify(run)).toMatchObject({ state: 'succeeded' })
  expect(result.detail).toContain('Data health is left out')
  expect(result.detail).toContain('Overdue services are left out')

  // From then on, actions that need GraphQL do not start, and the snapshot is not scheduled more often than it may be read.
  const asked = { accountId: otherAccountId, input: {} }
  const preview = {
    ...asked,
    actionId: 'clear-stale-events',
    mode: 'preview' as const,
    idempotencyKey: 'without-graphql',
  }
  await expect(api.run.start.mutate(preview)).rejects.toMatchObject({ data: { reason: 'PLAN_REQUIRED' } })
  const { actions } = await api.action.list.query({ accountId: otherAccountId })
  expect(actions.filter(({ missingPlan }) => missingPlan !== null).map(({ id }) => id)).toEqual(['clear-stale-events'])
  const planned = { ...asked, actionId: 'attention-list', timeZone: 'Europe/Copenhagen', deliverTo: [] }
  await expect(api.schedule.create.mutate({ ...planned, recurrence: 'FREQ=HOURLY' })).rejects.toMatchObject({
    data: { reason: 'INPUT_INVALID' },
    message: expect.stringContaining('50 times in 30 days'),
  })
  await api.schedule.create.mutate({ ...planned, recurrence: 'FREQ=WEEKLY;BYDAY=MO;BYHOUR=6' })
})

test('invariant 10: traces have routes, ids and durations, and nothing secret', async () => {
  const parentOfSomebody = '4bf92f3577b34da6a3ce929d0e0e4736'
  await fetch(`${stack.server}/trackunit/callback/guessed-secret?guessed-secret`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent: `00-${parentOfSomebody}-00f067aa0ba902b7-01` },
    body: '{"guessed-secret":1}',
  })
  const spanOf = (name: string) => collector.spans().find((span) => span.name === name)
  await until('the spans', async () => spanOf('POST /trackunit/callback/:secret') !== undefined)

  const requests = collector.spans().filter(({ name }) => name === 'standin.trackunit')
  const runs = collector.spans().filter(({ name }) => name === 'standin.run')
  expect(requests.length).toBeGreaterThan(runs.length)
  for (const { traceId, parentSpanId } of requests)
    expect(runs.filter(({ spanId }) => spanId === parentSpanId).map((run) => run.traceId)).toEqual([traceId])
  expect(JSON.stringify(requests)).toContain('/api/graphql')
  expect(JSON.stringify(requests)).toContain('/:id')
  // GraphQL answers 404 when the plan does not include it.
  expect(requests.filter(({ status }) => status?.message === '404').length).toBeGreaterThan(0)
  expect(spanOf('standin.exchange')).toBeDefined()
  expect(spanOf('POST /trackunit/callback')).toBeDefined()
  expect(spanOf('POST /trackunit/callback/:secret')).toBeDefined()
  const all = collector.told.join()
  expect(all).toContain('"night"')
  for (const secret of [serviceKey, serviceKey.slice(-20), 'guessed-secret', parentOfSomebody, 'eyJ', '/health'])
    expect(all.includes(secret), secret).toBe(false)
})
