import type { ErrorReason } from '@standin/contracts'
import { sql } from 'drizzle-orm'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { account, anna, createRunStack, otherAccount, type RunStack, caller as service } from '../../test/run-stack.ts'
import { signAll } from '../../test/signed-rows.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import type { Caller } from '../access/caller.ts'
import { defineAction } from '../actions/define-action.ts'
import { inTransaction } from '../context.ts'
import { toRefusal } from '../refusal.ts'
import { StandinError } from '../standin-error.ts'
import { rateBudgets } from '../trackunit/rate-budget-table.ts'
import { graphqlKey } from '../trackunit/rate-rules.ts'
import { declineOffer } from './decline-offer.ts'
import { createSchedule, deleteSchedule, pauseSchedule, resumeSchedule, updateSchedule } from './manage-schedules.ts'
import { endSchedules, noteAuthors } from './note-authors.ts'
import { reviewSchedules } from './review-schedules.ts'
import { listSchedules, lockSchedulesOf, noteAuthorsSeen, toSchedule, whileStopped } from './schedule-store.ts'
import { startDueSchedules } from './start-due-schedules.ts'

const database = await createTestDatabase()
afterAll(database.drop)

const action = {
  title: 'Report',
  description: 'A report.',
  input: z.object({ days: z.number().default(3) }),
  scopes: ['a'],
  changesData: false,
  run: async () => {},
}
const actions = [
  defineAction({ ...action, id: 'report' }),
  defineAction({ ...action, id: 'change', changesData: true }),
  defineAction({ ...action, id: 'aemp', limits: { aempReadsPerRun: () => 1 } }),
  defineAction({ ...action, id: 'fallback', limits: { aempReadsPerRun: ({ hasGraphql }) => (hasGraphql ? 0 : 1) } }),
  defineAction({ ...action, id: 'asked', limits: { aempReadsPerRun: ({ input }) => input.days } }),
]
const daily = { recurrence: 'FREQ=DAILY;BYHOUR=6', timeZone: 'Europe/Copenhagen' }
const asked = { accountId: account, actionId: 'report', input: { days: 4 }, deliverTo: [], ...daily }
const dayMs = 86_400_000

const key = { id: '0123456789ab', service: 'reports' }
const caller = { ...service, keyId: key.id }

/** Schedules of an account whose credentials, service key and actions can be taken away. */
async function createStack() {
  const runs = await createRunStack({
    database,
    actions,
    startsAt: new Date('2026-03-01T12:00:00Z'),
    playsDatabaseClock: true,
  })
  const { db, sql, clock } = runs
  await runs.install(account)
  await sql`insert into service_keys (id, service, digest, expires_at, mac) values (${key.id}, ${key.service}, 'd', '2099-01-01', '')`
  await sql`insert into grants (service, account_id, scopes, mac) values (${key.service}, 'all', '{a,b}', '')`
  await signAll(sql)
  /** The error with which every lookup of an action fails. */
  const failing: { with: ErrorReason | undefined } = { with: undefined }
  const gone = new Set<string>()
  const ctx = {
    ...runs.ctx,
    actions: {
      ...runs.ctx.actions,
      find(id: string) {
        if (failing.with) throw new StandinError(failing.with)
        return gone.has(id) ? undefined : runs.findAction(id)
      },
    },
  }
  const create = (who: Caller = anna, change: Partial<Parameters<typeof createSchedule>[2]> = {}) =>
    createSchedule(ctx, who, { ...asked, ...change })
  return {
    runs,
    ctx,
    clock,
    create,
    failing,
    advance: runs.advance,
    manage: {
      update: (who: Caller, id: string, change: Parameters<typeof updateSchedule>[3]) =>
        updateSchedule(ctx, who, { id, accountId: account }, change),
      pause: (who: Caller, id: string) => pauseSchedule(ctx, who, { id, accountId: account }),
      resume: (who: Caller, id: string) => resumeSchedule(ctx, who, { id, accountId: account }),
      delete: (who: Caller, id: string) => deleteSchedule(ctx, who, { id, accountId: account }),
    },
    startDue: () => startDueSchedules(ctx),
    /** The user sends a request. */
    async seen(user: typeof anna) {
      ctx.access.seenUsers.note(user)
      await noteAuthors(ctx)
    },
    end: () => endSchedules(ctx),
    review: (accountId: string) => reviewSchedules(ctx, accountId),
    lose: {
      credentials: () => sql`update credentials set state = 'rejected'`,
      proof: () => sql`update credentials set state = 'pending'`,
      scope: () => sql`update credentials set granted_scopes = '{}'`,
      key: () => sql`update service_keys set revoked_at = now()`,
      grant: () => sql`delete from grants`,
      grantedScope: async () => {
        await sql`update grants set scopes = '{}'`
        await signAll(sql)
      },
      action: async () => gone.add('report'),
    },
    one: async () => {
      const [row] = await listSchedules(db, { accountId: account, limit: 1 })
      if (!row) throw new Error('there is no schedule')
      return toSchedule(row)
    },
    async started() {
      const rows = await sql`select * from runs order by created_at, id`
      return rows.map(({ id, started_by, schedule_id, urgency }) => ({
        id,
        startedBy: started_by,
        scheduleId: schedule_id,
        urgency,
      }))
    },
    named: async () => (await sql`select actor_name from audit_entries order by id`).map((row) => row.actor_name),
    audit: async () =>
      (await sql`select actor_kind, event, details from audit_entries order by id`).map(
        ({ actor_kind, event }) => `${actor_kind} ${event}`,
      ),
    [Symbol.asyncDispose]: () => runs[Symbol.asyncDispose](),
  }
}

type Stack = Awaited<ReturnType<typeof createStack>>

/** Statements that wait for a lock in this database. */
const countWaiting = async ({ runs }: Stack) =>
  (await runs.sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
    .length
/** Makes room for the next run. */
const endAll = ({ sql }: RunStack) => sql`update runs set state = 'succeeded', ended_at = now()`

test('a schedule starts by the database’s clock, whatever the clock of its process says', async () => {
  await using stack = await createStack()
  const { nextAt } = await stack.create()
  const dueAt = new Date(nextAt ?? '').getTime()
  stack.clock.advance(10 * dayMs)
  expect(await stack.startDue()).toBe(false)

  await stack.runs.setDatabaseClock(new Date(dueAt - 1))
  expect(await stack.startDue()).toBe(false)
  await stack.runs.setDatabaseClock(new Date(dueAt))
  expect(await stack.startDue()).toBe(true)
  expect((await stack.one()).nextAt).toBe(new Date(dueAt + dayMs).toISOString())
})

describe('a schedule that is due', () => {
  test('starts its run once, in its creator’s name and units, and gets its next time in the same transaction', async () => {
    await using stack = await createStack()
    const { id, nextAt, createdBy } = await stack.create(anna, { unitSystem: 'imperial' })
    expect(createdBy).toEqual({ kind: 'user', id: 'anna', name: 'Anna' })
    expect(await stack.startDue()).toBe(false)

    await stack.advance(new Date(nextAt ?? '').getTime() - stack.clock.now().getTime())
    expect(await stack.startDue()).toBe(true)
    expect(await stack.startDue()).toBe(false)

    const runs = await stack.started()
    expect(runs).toMatchObject([{ scheduleId: id, startedBy: { kind: 'schedule', id }, urgency: 1 }])
    expect(await stack.runs.run(runs[0]?.id)).toMatchObject({
      input: { days: 4 },
      actionId: 'report',
      timeZone: 'Europe/Copenhagen',
      unitSystem: 'imperial',
    })
    expect(await stack.one()).toMatchObject({
      state: 'active',
      lastRunId: runs[0]?.id,
      nextAt: new Date(new Date(nextAt ?? '').getTime() + dayMs).toISOString(),
    })
    expect(await stack.audit()).toEqual(['user schedule.created', 'schedule run.started'])
    expect(await stack.named()).toEqual(['Anna', 'Anna'])
  })

  test('invariant 20: starts once, however many replicas look at the same time', async () => {
    await using stack = await createStack()
    await stack.create()
    await stack.advance(dayMs)
    const replicas = Array.from({ length: 6 }, stack.startDue)

    const found = await Promise.all(replicas)

    expect(found.filter(Boolean)).toHaveLength(1)
    expect(await stack.started()).toHaveLength(1)
  })

  test('starts one run for all times that were missed while the server was down', async () => {
    await using stack = await createStack()
    await stack.create()
    await stack.advance(10 * dayMs)
    while (await stack.startDue());
    expect(await stack.started()).toHaveLength(1)
    expect(new Date((await stack.one()).nextAt ?? '').getTime()).toBeGreaterThan(stack.clock.now().getTime())
  })

  test('skips a time while the run of an earlier time works and another one waits', async () => {
    await using stack = await createStack()
    await stack.create()
    for (let day = 0; day < 4; day++) {
      await stack.advance(dayMs)
      await stack.startDue()
    }
    expect(await stack.started()).toHaveLength(2)
    expect(await stack.one()).toMatchObject({ state: 'active', reason: null })
    expect((await stack.audit()).filter((event) => event === 'schedule schedule.left-out')).toHaveLength(2)
  })

  test('starts its run while new credentials are not proven yet; the run waits for them', async () => {
    await using stack = await createStack()
    await stack.create()
    await stack.lose.proof()
    await stack.advance(dayMs)
    await stack.startDue()
    expect(await stack.started()).toHaveLength(1)
  })

  test('is tried again a minute after a failure that may pass, and is not paused by it', async () => {
    await using stack = await createStack()
    await stack.create()
    stack.failing.with = 'STORAGE_UNAVAILABLE'
    await stack.advance(dayMs)
    await stack.startDue()
    expect(await stack.one()).toMatchObject({ state: 'active', reason: null })
    stack.failing.with = undefined
    expect(await stack.startDue()).toBe(false)
    await stack.advance(60_000)
    expect(await stack.startDue()).toBe(true)
    expect(await stack.started()).toHaveLength(1)
  })

  test('has no next time when its recurrence has ended', async () => {
    await using stack = await createStack()
    await stack.create(anna, { recurrence: 'FREQ=DAILY;BYHOUR=6;COUNT=1' })
    await stack.advance(2 * dayMs)
    await stack.startDue()
    expect(await stack.one()).toMatchObject({ state: 'active', nextAt: null })
    await stack.advance(2 * dayMs)
    expect(await stack.startDue()).toBe(false)
  })
})

describe('a schedule is paused, with the reason,', () => {
  const losses: Array<{ title: string; who?: Caller; reason: ErrorReason; lost: keyof Stack['lose'] }> = [
    { title: 'its account is not served', reason: 'CREDENTIALS_REJECTED', lost: 'credentials' },
    { title: 'the account no longer grants the scope', reason: 'SCOPE_NOT_GRANTED', lost: 'scope' },
    { title: 'the key of its creator is revoked', who: caller, reason: 'UNAUTHENTICATED', lost: 'key' },
    { title: 'its creator lost the grant', who: caller, reason: 'ACCOUNT_FORBIDDEN', lost: 'grant' },
    { title: 'its creator lost the scope', who: caller, reason: 'SCOPE_FORBIDDEN', lost: 'grantedScope' },
    { title: 'the action is gone', reason: 'ACTION_NOT_FOUND', lost: 'action' },
  ]
  test.for(losses)('when $title: $reason', async ({ who, reason, lost }) => {
    await using stack = await createStack()
    await stack.create(who)
    await stack.lose[lost]()
    await stack.advance(dayMs)

    expect(await stack.startDue()).toBe(true)

    expect(await stack.started()).toEqual([])
    expect(await stack.one()).toMatchObject({ state: 'paused', reason, nextAt: null })
    expect((await stack.audit()).at(-1)).toBe('schedule schedule.paused')
  })

  test('as soon as its account changes, before it is due; once, however many replicas notice', async () => {
    await using stack = await createStack()
    await stack.create()
    await stack.review(account)
    stack.failing.with = 'STORAGE_UNAVAILABLE' // May pass.
    await stack.review(account)
    expect(await stack.one()).toMatchObject({ state: 'active' })
    stack.failing.with = undefined
    await stack.lose.credentials()
    await stack.review(otherAccount)
    expect(await stack.one()).toMatchObject({ state: 'active' })
    const replicas = await stack.runs.db.transaction(async (tx) => {
      await tx.execute(sql`select 1 from schedules for update`)
      const reviews = [stack.review(account), stack.review(account)]
      await expect.poll(() => countWaiting(stack)).toBe(2) // Both replicas have found the reason.
      return reviews
    })
    await Promise.all(replicas)
    expect(await stack.one()).toMatchObject({ state: 'paused', reason: 'CREDENTIALS_REJECTED', nextAt: null })
    expect(await stack.audit()).toEqual(['user schedule.created', 'schedule schedule.paused'])
  })

  test.each([
    ['invariant 8: suspended', 'suspend', 'restore', 'INSTALLATION_UNINSTALLED'],
    ['paused', 'pause', 'resume', 'INSTALLATION_PAUSED'],
  ] as const)('while its account is %s, and continues when that is undone', async (_title, stop, undo, reason) => {
    await using stack = await createStack()
    await stack.create()
    const before = await stack.one()
    await stack.runs[stop]()
    await stack.advance(dayMs)
    await stack.review(account)
    expect(await stack.startDue()).toBe(false)
    const [row] = await listSchedules(stack.runs.db, { accountId: account, limit: 1 })
    expect(row && toSchedule(whileStopped(row, reason))).toMatchObject({
      state: 'paused',
      reason,
      nextAt: null,
    })

    await stack.runs[undo]()
    await stack.review(account)
    expect(await stack.one()).toEqual(before)
    expect(await stack.startDue()).toBe(true)
    expect(await stack.one()).toMatchObject({ state: 'active', lastRunId: expect.any(String) })
  })

  test('invariant 8: when its account uninstalls, in the same transaction', async () => {
    await using stack = await createStack()
    await stack.create()
    await stack.runs.uninstall(otherAccount)
    expect(await stack.one()).toMatchObject({ state: 'active' })
    await stack.runs.uninstall()
    expect(await stack.one()).toMatchObject({ state: 'paused', reason: 'INSTALLATION_UNINSTALLED', nextAt: null })
    await stack.advance(dayMs)
    expect(await stack.startDue()).toBe(false)
  })

  test('a start and an uninstall at the same time neither deadlock nor leave a run or an active schedule', async () => {
    await using stack = await createStack()
    for (let round = 0; round < 5; round++) {
      await stack.runs.install(account)
      await stack.create()
      await stack.advance(dayMs)
      await Promise.all([stack.startDue(), stack.runs.uninstall(), stack.startDue()])
      expect(await stack.runs.sql`select 1 from runs where ended_at is null`).toHaveLength(0)
      expect(await stack.runs.sql`select 1 from schedules where state = 'active'`).toHaveLength(0)
    }
  })
})

test.for(['created', 'resumed'] as const)(
  'invariant 8: a schedule that is %s while its account uninstalls does not stay active',
  async (how) => {
    await using stack = await createStack()
    const { id } = await stack.create()
    if (how === 'resumed') await stack.manage.pause(anna, id)
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const { promise: locked, resolve: isLocked } = Promise.withResolvers<void>()
    // What waits for this lock has passed its checks.
    const holding = inTransaction(stack.ctx, async (tx) => {
      await lockSchedulesOf(tx.db, account)
      isLocked()
      await released
    })
    await locked
    const making = (how === 'created' ? stack.create() : stack.manage.resume(anna, id)).then(() => {}, toRefusal)
    await expect.poll(() => countWaiting(stack)).toBe(1)
    let isUninstalled = false
    const uninstalling = stack.runs.uninstall().then(() => (isUninstalled = true))
    await expect.poll(async () => isUninstalled || (await countWaiting(stack)) === 2).toBe(true)
    release()
    await Promise.all([holding, making, uninstalling])
    expect(await stack.runs.sql`select 1 from schedules where state = 'active'`).toHaveLength(0)
  },
)

describe('the schedule of a user', () => {
  test('ends 90 days after its author was last seen, on the hour or when it is due', async () => {
    await using stack = await createStack()
    const { endsAt } = await stack.create()
    expect(endsAt).toBe('2026-05-30T12:00:00.000Z')
    await stack.advance(90 * dayMs - 1)
    await stack.end()
    expect(await stack.one()).toMatchObject({ state: 'active' })
    await stack.advance(1)
    await stack.startDue()
    expect(await stack.started()).toEqual([])
    const ended = { state: 'paused', reason: 'AUTHOR_AWAY', nextAt: null }
    expect(await stack.one()).toMatchObject(ended)

    await stack.create(anna, { recurrence: 'FREQ=YEARLY' })
    await stack.advance(90 * dayMs)
    await stack.end()
    expect(await stack.one()).toMatchObject(ended)
    expect((await stack.audit()).filter((event) => event === 'schedule schedule.paused')).toHaveLength(2)
  })

  test('continues as long as its author uses the app; requests of other users do not count', async () => {
    await using stack = await createStack()
    await stack.create()
    for (let month = 0; month < 12; month++) {
      await stack.advance(60 * dayMs)
      await stack.seen(anna)
      await stack.end()
    }
    expect(await stack.one()).toMatchObject({ state: 'active', createdBy: { id: 'anna' } })

    await stack.advance(60 * dayMs)
    await stack.seen({ ...anna, id: 'bert' })
    await stack.seen({ ...anna, accountId: otherAccount })
    await stack.advance(30 * dayMs)
    await stack.end()
    expect(await stack.one()).toMatchObject({ state: 'paused', reason: 'AUTHOR_AWAY' })
  })

  test('ends as soon as its author is seen without the right, and does not restart automatically', async () => {
    await using stack = await createStack()
    await stack.create()
    await stack.advance(60_000)
    await stack.seen({ ...anna, scopes: ['b', 'a'] })
    expect(await stack.one()).toMatchObject({ state: 'active' })
    await stack.advance(60_000)
    await stack.seen({ ...anna, scopes: ['b'] })
    expect(await stack.one()).toMatchObject({ state: 'paused', reason: 'SCOPE_FORBIDDEN', nextAt: null })
    await stack.advance(60_000)
    await stack.seen(anna)
    expect(await stack.one()).toMatchObject({ state: 'paused', reason: 'SCOPE_FORBIDDEN' })
  })

  test('keeps the rights that were seen last, even if a replica saves earlier ones later', async () => {
    await using stack = await createStack()
    await stack.create()
    await stack.advance(2 * dayMs)
    const now = stack.clock.now()
    const seenAt = (at: Date, scopes: string[]) =>
      noteAuthorsSeen(stack.runs.db, [{ accountId: account, id: 'anna', scopes, at }])
    expect(await seenAt(now, ['b'])).toEqual([account])
    expect(await seenAt(new Date(now.getTime() - 1), ['a'])).toEqual([])
    const [row] = await stack.runs.sql`select created_by, ends_at from schedules`
    expect(row?.created_by).toEqual({ kind: 'user', id: 'anna', name: 'Anna', scopes: ['b'] })
    expect(new Date(row?.ends_at)).toEqual(new Date(now.getTime() + 90 * dayMs))
  })

  test('is not written again for an hour while nothing changes', async () => {
    await using stack = await createStack()
    await stack.create()
    await stack.advance(59 * 60_000)
    await stack.seen(anna)
    expect(await stack.one()).toMatchObject({ endsAt: '2026-05-30T12:00:00.000Z' })
    await stack.advance(2 * 60_000)
    await stack.seen(anna)
    expect(await stack.one()).toMatchObject({ endsAt: '2026-05-30T13:01:00.000Z' })
  })

  test('belongs to the user who resumes it, and does not end if a service owns it', async () => {
    await using stack = await createStack()
    const { id } = await stack.create()
    await stack.advance(100 * dayMs)
    await stack.end()
    const endsAt = new Date(stack.clock.now().getTime() + 90 * dayMs).toISOString()
    const bert = { ...anna, id: 'bert', name: 'Bert' }
    expect(await stack.manage.resume(bert, id)).toMatchObject({ state: 'active', reason: null, endsAt })
    expect(await stack.manage.resume(caller, id)).toMatchObject({ state: 'active', endsAt: null })
    await stack.advance(400 * dayMs)
    await stack.startDue()
    expect(await stack.started()).toHaveLength(1)
  })
})

describe('users and services', () => {
  test('pause, resume, change and delete a schedule, each with its audit entry', async () => {
    await using stack = await createStack()
    const { id } = await stack.create()
    expect(await stack.manage.pause(anna, id)).toMatchObject({ state: 'paused', reason: null, nextAt: null })
    await stack.advance(5 * dayMs)
    expect(await stack.startDue()).toBe(false)
    const resumed = await stack.manage.resume(caller, id)
    expect(resumed).toMatchObject({ state: 'active', createdBy: { kind: 'service', id: 'reports' } }) // Its creator from now on.
    const moved = await stack.manage.update(anna, id, { recurrence: 'FREQ=HOURLY', input: { days: 9 } })
    expect(moved).toMatchObject({ input: { days: 9 }, timeZone: 'Europe/Copenhagen', recurrence: 'FREQ=HOURLY' })
    expect(new Date(moved.nextAt ?? '').getTime() - stack.clock.now().getTime()).toBeLessThan(2 * 3_600_000)
    await stack.manage.delete(anna, id)
    expect(await stack.runs.sql`select * from schedules`).toHaveLength(0)
    expect(await stack.audit()).toEqual([
      'user schedule.created',
      'user schedule.paused',
      'service schedule.resumed',
      'user schedule.updated',
      'user schedule.deleted',
    ])
  })

  const refusals: Array<{ title: string; change: Partial<typeof asked>; reason: ErrorReason }> = [
    { title: 'an action that changes data', change: { actionId: 'change' }, reason: 'PREVIEW_REQUIRED' },
    { title: 'an unknown action', change: { actionId: 'none' }, reason: 'ACTION_NOT_FOUND' },
    { title: 'an input that is not the action’s', change: { input: { days: 'x' } as never }, reason: 'INPUT_INVALID' },
    {
      title: 'text that cannot be stored',
      change: { input: { days: 3, note: '\0' } as never },
      reason: 'INPUT_INVALID',
    },
    { title: 'a rule that recurs by the minute', change: { recurrence: 'FREQ=MINUTELY' }, reason: 'INPUT_INVALID' },
    { title: 'a rule that has ended', change: { recurrence: 'FREQ=DAILY;UNTIL=20200101' }, reason: 'INPUT_INVALID' },
    {
      title: 'a rule whose first time alone is found in time',
      change: {
        recurrence: `FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=${Array.from({ length: 24 }, (_, hour) => hour)};BYSETPOS=-1`,
      },
      reason: 'INPUT_INVALID',
    },
    {
      title: 'a destination that this server does not deliver to',
      change: { deliverTo: [{ kind: 'email', address: 'a@example.com', file: 'none' }] as never },
      reason: 'INPUT_INVALID',
    },
  ]
  test.for(refusals)('cannot schedule $title', async ({ change, reason }) => {
    await using stack = await createStack()
    const refusal = await stack.create(anna, change).then(() => undefined, toRefusal)
    expect(refusal?.reason).toBe(reason)
    expect(await stack.runs.sql`select * from schedules`).toHaveLength(0)
  })

  test('invariant 25: an offer can be declined for actions that exist, once each', async () => {
    await using stack = await createStack()
    const decline = (actionId: string) => declineOffer(stack.ctx, anna, { accountId: account, actionId })
    for (const actionId of ['made-up-1', 'made-up-2'])
      expect(await decline(actionId).then(() => undefined, toRefusal)).toMatchObject({ reason: 'ACTION_NOT_FOUND' })
    for (const again of [1, 2]) await decline(asked.actionId).then(() => again)
    expect(await stack.runs.sql`select action_id from declined_offers`).toEqual([{ action_id: asked.actionId }])
  })

  test('invariant 8: nothing is kept of an offer that is declined after the uninstall', async () => {
    await using stack = await createStack()
    await stack.runs.uninstall()
    const late = declineOffer(stack.ctx, anna, { accountId: account, actionId: asked.actionId })
    await expect(late).rejects.toMatchObject({ reason: 'INSTALLATION_NOT_FOUND' })
    expect(await stack.runs.sql`select 1 from declined_offers`).toHaveLength(0)
  })

  test('invariant 10: see only the hosts of a schedule’s webhooks, and keep them by their ids', async () => {
    await using stack = await createStack()
    const slack = { kind: 'webhook', url: 'https://hooks.slack.com/services/T0/B0/hidden' } as const
    const zapier = { kind: 'webhook', url: 'https://hooks.zapier.com/hooks/catch/1/hidden?key=hidden' } as const
    const { id, deliverTo } = await stack.create(anna, { deliverTo: [slack, zapier] })
    const shown = [
      { kind: 'webhook', id: expect.any(String), host: 'hooks.slack.com' },
      { kind: 'webhook', id: expect.any(String), host: 'hooks.zapier.com' },
    ]
    expect(deliverTo).toEqual(shown)
    const everywhere = async () =>
      JSON.stringify([await stack.one(), await stack.runs.sql`select * from audit_entries`])
    expect(await everywhere()).not.toContain('hidden')

    const kept = deliverTo.flatMap((to) => (to.kind === 'webhook' ? [{ kind: to.kind, id: to.id }] : []))
    await stack.manage.update(anna, id, { recurrence: 'FREQ=HOURLY', deliverTo: kept.slice(1) })
    const [row] = await stack.runs.sql`select deliver_to from schedules`
    expect(row?.deliver_to).toEqual([{ ...zapier, id: kept[1]?.id }])
    expect(await everywhere()).not.toContain('hidden')
    await expect(stack.manage.update(anna, id, { deliverTo: kept })).rejects.toMatchObject({
      reason: 'INPUT_INVALID',
    })
  })

  test('invariant 24: callers without the action’s scopes cannot create, change, pause, resume or delete one', async () => {
    await using stack = await createStack()
    const { id } = await stack.create()
    const eve = { ...anna, id: 'eve', scopes: [] }
    const attempts = [
      () => stack.create(eve),
      () => stack.manage.update(eve, id, { deliverTo: [] }),
      () => stack.manage.pause(eve, id),
      () => stack.manage.resume(eve, id),
      () => stack.manage.delete(eve, id),
    ]
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ reason: 'SCOPE_FORBIDDEN' })
    expect(await stack.audit()).toEqual(['user schedule.created'])
  })

  test('can pause and delete one while the account is not served', async () => {
    await using stack = await createStack()
    const { id } = await stack.create()
    await stack.lose.credentials()
    expect((await stack.manage.pause(anna, id)).state).toBe('paused')
    await expect(stack.manage.resume(anna, id)).rejects.toMatchObject({ reason: 'CREDENTIALS_REJECTED' })
    await stack.manage.delete(anna, id)
  })

  test('cannot schedule more reads of the AEMP snapshot than Trackunit allows an account in 30 days', async () => {
    await using stack = await createStack()
    const aemp = { actionId: 'aemp' }
    await expect(stack.create(anna, { ...aemp, recurrence: 'FREQ=HOURLY' })).rejects.toMatchObject({
      reason: 'INPUT_INVALID',
      detail: expect.stringContaining('50 times in 30 days'),
    })
    await stack.create(anna, aemp) // 30 of them.
    await expect(stack.create(anna, aemp)).rejects.toMatchObject({ reason: 'INPUT_INVALID' })
    const { id } = await stack.create(anna, { ...aemp, recurrence: 'FREQ=WEEKLY' })
    await expect(stack.manage.update(anna, id, { recurrence: 'FREQ=DAILY' })).rejects.toMatchObject({
      reason: 'INPUT_INVALID',
    })
    await stack.create(anna, { recurrence: 'FREQ=HOURLY' }) // This action does not read it.
  })

  test('cannot schedule more of them by changing the input', async () => {
    await using stack = await createStack()
    const { id } = await stack.create(anna, { actionId: 'asked', input: { days: 1 } })
    await expect(stack.manage.update(anna, id, { input: { days: 2 } })).rejects.toMatchObject({
      reason: 'INPUT_INVALID',
    })
  })

  describe('whose action reads the snapshot only if the plan has no GraphQL', () => {
    const refuse = ({ runs: { db } }: Stack) =>
      db.insert(rateBudgets).values({ key: graphqlKey, accountId: account, state: { refusedAtMs: Date.now() } })
    const dense = { actionId: 'fallback', recurrence: 'FREQ=HOURLY' }

    test('cannot schedule it more often, once that is known', async () => {
      await using stack = await createStack()
      await refuse(stack)
      await expect(stack.create(anna, dense)).rejects.toMatchObject({ reason: 'INPUT_INVALID' })
      await stack.create(anna, { ...dense, recurrence: 'FREQ=WEEKLY' })
    })

    test('see it paused with the reason once that is known; an older schedule stays active', async () => {
      await using stack = await createStack()
      await stack.create(anna, { actionId: 'aemp' })
      await stack.advance(1)
      const { id } = await stack.create(anna, dense)
      await stack.advance(dayMs)
      while (await stack.startDue());
      expect(await stack.one()).toMatchObject({ id, state: 'active' })
      await refuse(stack)
      await endAll(stack.runs)

      await stack.advance(dayMs)
      while (await stack.startDue());

      expect(await stack.one()).toMatchObject({ id, state: 'paused', reason: 'PLAN_REQUIRED', nextAt: null })
      const states = await stack.runs.sql`select state from schedules where action_id = 'aemp'`
      expect(states).toEqual([{ state: 'active' }])
      expect(await stack.started()).toHaveLength(3)
    })
  })

  test('an account has a limited number of them', async () => {
    await using stack = await createStack()
    const { id } = await stack.create()
    await stack.runs
      .sql`insert into schedules (account_id, action_id, input, recurrence, time_zone, deliver_to, state, anchor_at, created_by)
      select account_id, action_id, input, recurrence, time_zone, deliver_to, 'paused', anchor_at, created_by
      from schedules, generate_series(1, 99) where id = ${id}`
    await expect(stack.create()).rejects.toMatchObject({ reason: 'INPUT_INVALID' })
    await expect(stack.manage.resume(anna, id)).resolves.toMatchObject({ state: 'active' })
  })

  test('schedules created at the same time share the pool', async () => {
    await using stack = await createStack()
    const daily = { actionId: 'aemp' }
    const made = await Promise.allSettled(Array.from({ length: 4 }, () => stack.create(anna, daily)))
    expect(made.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected'])

    const weekly = await stack.create(anna, { ...daily, recurrence: 'FREQ=WEEKLY' })
    await stack.manage.pause(anna, weekly.id)
    const grown = await Promise.allSettled([
      ...[1, 2, 3].map(() => stack.create(anna, { ...daily, recurrence: 'FREQ=WEEKLY;BYDAY=MO,WE,FR' })),
      stack.manage.resume(anna, weekly.id),
    ])
    expect(grown.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('a schedule whose last time has passed cannot be resumed, and none gets a time in the past', async () => {
    await using stack = await createStack()
    const past = 'FREQ=DAILY;BYHOUR=6;UNTIL=20260303'
    const { id } = await stack.create(anna, { recurrence: past })
    await stack.manage.pause(anna, id)
    await stack.advance(9 * dayMs)
    const refused = { reason: 'INPUT_INVALID', detail: expect.stringContaining('no future time') }
    await expect(stack.manage.resume(anna, id)).rejects.toMatchObject(refused)
    await expect(stack.manage.update(anna, id, { recurrence: past })).rejects.toMatchObject(refused)
    await expect(stack.create(anna, { recurrence: past })).rejects.toMatchObject(refused)
    await stack.manage.update(anna, id, { deliverTo: [] })
    await stack.manage.update(anna, id, { recurrence: 'FREQ=DAILY' })
    await expect(stack.manage.resume(anna, id)).resolves.toMatchObject({ state: 'active' })
  })
})

test('each time starts a run of its own', async () => {
  await using stack = await createStack()
  await stack.create()
  for (let day = 0; day < 3; day++) {
    await stack.advance(dayMs)
    await stack.startDue()
    await endAll(stack.runs)
  }
  expect(await stack.started()).toHaveLength(3)
})
