import { randomUUID } from 'node:crypto'
import type { Destination, ErrorReason } from '@standin/contracts'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { planAmongMany } from '../../test/plan-among-many.ts'
import { account, anna, createRunStack, otherAccount } from '../../test/run-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import type { Caller } from '../access/caller.ts'
import { defineAction } from '../actions/define-action.ts'
import { contracted, router } from '../http/trpc.ts'
import { insertSchedule } from '../schedules/schedule-store.ts'
import type { ScheduledDestination } from '../schedules/scheduled-destinations.ts'
import { deliveryProcedures } from './delivery-procedures.ts'
import { listUndelivered } from './undelivered-store.ts'

const database = await createTestDatabase()
afterAll(database.drop)

const aReport = (id: string) =>
  defineAction({
    id,
    title: 'Report',
    description: 'A report.',
    input: z.object({}),
    scopes: ['a'],
    changesData: false,
    mayOverlap: true,
    run: async () => {},
  })

const hook = { kind: 'webhook', id: randomUUID(), url: 'https://receiver.example/hook' } as const
const mail = { kind: 'email', address: 'anna@example.com', file: 'none' } as const

interface Past {
  daysAgo: number
  to?: Destination
  state?: 'failed' | 'delivered' | 'waiting'
  reason?: ErrorReason
  scheduleId?: string
  actionId?: string
  accountId?: string
}

async function openStack() {
  const actions = [aReport('report'), aReport('other')]
  const stack = await createRunStack({ database, actions, startsAt: new Date(), playsDatabaseClock: true })
  const { ctx, sql, clock, db } = stack
  return {
    ...stack,
    as: (who: Caller) =>
      router(deliveryProcedures(ctx, contracted(ctx))).createCaller({
        requestId: 'test',
        authenticate: async () => who,
      }),
    /** A run that ended some days ago, with the state of its one delivery. */
    async ran({ daysAgo, to = hook, state = 'failed', reason = 'DELIVERY_FAILED', scheduleId, ...of }: Past) {
      const { id, accountId } = await stack.start(of)
      const at = new Date(clock.now().getTime() - daysAgo * 86_400_000).toISOString()
      await sql`update runs set state = 'succeeded', created_at = ${at}, ended_at = ${at}, schedule_id = ${scheduleId ?? null}
        where id = ${id}`
      await sql`insert into deliveries (run_id, position, account_id, destination, state, reason, attempts, last_try_at, ended_at)
        values (${id}, 0, ${accountId}, ${JSON.stringify(to)}::text::jsonb, ${state}, ${reason}, 6, ${at}, ${state === 'waiting' ? null : at})`
      return id
    },
    schedule: async (deliverTo: ScheduledDestination[]) => {
      const planned = { accountId: account, actionId: 'report', input: {}, recurrence: 'FREQ=DAILY', timeZone: 'UTC' }
      const row = await db.transaction((tx) =>
        insertSchedule(tx, {
          ...planned,
          deliverTo,
          state: 'active',
          anchorAt: clock.now(),
          createdBy: { kind: 'service', service: 'reports', keyId: 'key' },
        }),
      )
      return row.id
    },
  }
}
type Stack = Awaited<ReturnType<typeof openStack>>

const undelivered = async (stack: Stack, who: Caller = anna) =>
  (await stack.as(who).undelivered({ accountId: account })).deliveries.map(({ runId }) => runId)

test('a result that did not reach its receiver stays on the list, however many runs came later', async () => {
  await using stack = await openStack()
  const runId = await stack.ran({ daysAgo: 60 })
  for (let nth = 0; nth < 12; nth++) await stack.ran({ daysAgo: 2, actionId: 'other', state: 'delivered' })

  expect((await stack.as(anna).undelivered({ accountId: account })).deliveries).toMatchObject([
    { runId, actionId: 'report', scheduleId: null, delivery: { id: `${runId}/0`, state: 'failed', attempts: 6 } },
  ])
})

test('what was withheld says whether it may be sent now', async () => {
  await using stack = await openStack()
  await stack.ran({ daysAgo: 1, to: mail, reason: 'DESTINATION_UNCONFIRMED' })
  const { config } = stack.ctx
  const ctx = { ...stack.ctx, config: { ...config, delivery: { ...config.delivery, domains: [] } } }
  const api = router(deliveryProcedures(ctx, contracted(ctx))).createCaller({
    requestId: 'test',
    authenticate: async () => anna,
  })
  const mayReceive = async () =>
    (await api.undelivered({ accountId: account })).deliveries.map((each) => each.mayReceive)
  const before = await mayReceive()
  await stack.sql`insert into trusted_domains (account_id, kind, domain, added_by, added_at)
    values (${account}, 'email', 'example.com', '{"kind": "user", "id": "anna", "name": "Anna"}', now())`
  expect([before, await mayReceive()]).toEqual([[false], [true]])
})

test.for<{ title: string; later: Omit<Past, 'daysAgo'>; isMended: boolean }>([
  { title: 'of the same kind reached the same receiver', later: { state: 'delivered' }, isMended: true },
  { title: 'is on its way to the same receiver', later: { state: 'waiting' }, isMended: true },
  { title: 'reached another receiver', later: { state: 'delivered', to: mail }, isMended: true },
  { title: 'did not reach another receiver', later: { state: 'failed', to: mail }, isMended: false },
  { title: 'of another action did', later: { state: 'delivered', actionId: 'other' }, isMended: false },
  { title: 'of another account did', later: { state: 'delivered', accountId: otherAccount }, isMended: false },
  { title: 'of a schedule did', later: { state: 'delivered', scheduleId: randomUUID() }, isMended: false },
])('a run started by hand: a later one $title, mended: $isMended', async ({ later, isMended }) => {
  await using stack = await openStack()
  const runId = await stack.ran({ daysAgo: 3 })
  await stack.ran({ daysAgo: 4, state: 'delivered' }) // An earlier delivery makes up for nothing.
  await stack.ran({ daysAgo: 1, ...later })
  expect((await undelivered(stack)).includes(runId)).toBe(!isMended)
})

test('of a schedule counts for each receiver, until a later result reaches it or its address is corrected', async () => {
  await using stack = await openStack()
  const scheduleId = await stack.schedule([hook, mail])
  const toHook = await stack.ran({ daysAgo: 3, scheduleId })
  const toMail = await stack.ran({ daysAgo: 2, scheduleId, to: mail })
  expect(await undelivered(stack)).toEqual([toMail, toHook])

  await stack.ran({ daysAgo: 1, scheduleId, state: 'delivered' })
  expect(await undelivered(stack)).toEqual([toMail])

  await stack.sql`update schedules set deliver_to = ${JSON.stringify([hook])}::text::jsonb where id = ${scheduleId}`
  expect(await undelivered(stack)).toEqual([])
})

test('deliveries that cannot be repeated are not on the list: results no longer kept, or ended by an uninstall', async () => {
  await using stack = await openStack()
  await stack.ran({ daysAgo: 91 })
  await stack.ran({ daysAgo: 1, reason: 'INSTALLATION_UNINSTALLED' })
  expect(await undelivered(stack)).toEqual([])
})

test('users without the action’s scopes see none of its deliveries and can resend none', async () => {
  await using stack = await openStack()
  const runId = await stack.ran({ daysAgo: 1 })
  const reader = { ...anna, scopes: ['b'] }
  expect(await undelivered(stack, reader)).toEqual([])
  const asked = { runId, deliveryId: `${runId}/0` }
  await expect(stack.as(reader).resend(asked)).rejects.toMatchObject({ cause: { reason: 'SCOPE_FORBIDDEN' } })
})

test('a failed delivery is tried once more on request; earlier attempts still count', async () => {
  await using stack = await openStack()
  const runId = await stack.ran({ daysAgo: 1 })
  const asked = { runId, deliveryId: `${runId}/0` }

  const again = await stack.as(anna).resend(asked)

  expect(again).toMatchObject({ state: 'waiting', reason: null, attempts: 6, endedAt: null })
  expect(again.nextTryAt).toBe(stack.clock.now().toISOString())
  expect(await undelivered(stack)).toEqual([])
  expect(await stack.as(anna).resend(asked)).toEqual(again) // Pressed twice.
  expect(await stack.audit(runId)).toEqual(['run.started', 'delivery.resent'])
  const announced = (await stack.eventsOf(runId)).filter(({ type }) => type === 'delivery')
  expect(announced).toMatchObject([{ delivery: { state: 'waiting' } }])
})

test('a delivery that does not exist, or that an uninstall ended, is refused', async () => {
  await using stack = await openStack()
  const runId = await stack.ran({ daysAgo: 1, reason: 'INSTALLATION_UNINSTALLED' })
  const resend = (deliveryId: string) => stack.as(anna).resend({ runId, deliveryId })
  await expect(resend(`${runId}/1`)).rejects.toMatchObject({ cause: { reason: 'DELIVERY_NOT_FOUND' } })
  await expect(resend(`${runId}/0`)).rejects.toMatchObject({ cause: { reason: 'INSTALLATION_UNINSTALLED' } })
})

test('the list reads the newest failures by their index', async () => {
  await using stack = await openStack()
  const runId = await stack.ran({ daysAgo: 1 })
  const query = listUndelivered(stack.db, { accountId: account, own: undefined, since: new Date(0) }).toSQL()
  const plan = await planAmongMany(stack.sql, query, runId)
  expect(plan).toContain('deliveries_failed')
  expect(plan).toContain('runs_last_of_action')
  expect(plan).not.toMatch(/Seq Scan on (runs|deliveries)/)
})
