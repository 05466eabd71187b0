import { randomUUID } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { account, createRunStack } from '../../test/run-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { defineAction } from '../actions/define-action.ts'
import { withdrawReceiver } from '../receivers/answer-question.ts'
import { endOf } from '../schedules/end-of-schedule.ts'
import { findSchedule, insertSchedule, noteAuthorsSeen, toSchedule } from '../schedules/schedule-store.ts'
import { announceEnds } from './announce-ends.ts'
import type { Outcome } from './outcome.ts'
import type { Email } from './send-email.ts'

const database = await createTestDatabase()
afterAll(database.drop)

const dayMs = 86_400_000
const report = defineAction({
  id: 'report',
  title: 'Report',
  description: 'A report.',
  input: z.object({}),
  scopes: [],
  changesData: false,
  run: async () => {},
})

/** A schedule of Anna's with two readers and a webhook. */
async function createStack() {
  const runs = await createRunStack({
    database,
    actions: [report],
    startsAt: new Date('2026-03-01T12:00:00Z'),
    playsDatabaseClock: true,
  })
  const { db, sql, clock } = runs
  const mailed: Email[] = []
  const answers: Outcome[] = []
  const ctx = {
    ...runs.ctx,
    deliveries: {
      ...runs.ctx.deliveries,
      async sendEmail(_ctx: unknown, email: Email) {
        mailed.push(email)
        return answers.shift() ?? ({ kind: 'delivered' } as const)
      },
    },
  }
  const { id } = await db.transaction((tx) =>
    insertSchedule(tx, {
      accountId: account,
      actionId: 'report',
      input: {},
      recurrence: 'FREQ=YEARLY',
      timeZone: 'UTC',
      deliverTo: [
        { kind: 'email', address: 'anna@example.com', file: 'none' },
        { kind: 'webhook', id: randomUUID(), url: 'https://hooks.example.com/hidden' },
        { kind: 'email', address: 'bert@example.com', file: 'csv' },
      ],
      state: 'active',
      anchorAt: clock.now(),
      ...endOf({ kind: 'user' }, clock.now()),
      createdBy: { kind: 'user', id: 'anna', name: 'Anna, www.evil.example' },
    }),
  )
  return {
    clock,
    mailed,
    answers,
    advance: runs.advance,
    announce: () => announceEnds(ctx),
    async schedule() {
      const row = await findSchedule(db, { id, accountId: account })
      if (!row) throw new Error('there is no schedule')
      return toSchedule(row)
    },
    seen: () => noteAuthorsSeen(db, [{ accountId: account, id: 'anna', scopes: undefined, at: clock.now() }]),
    pause: () => sql`update schedules set state = 'paused'`,
    async withdraw(address: string) {
      await runs.install()
      await withdrawReceiver(runs.ctx, { accountId: account, address })
    },
    audit: async () =>
      (await sql`select details from audit_entries where event = 'schedule.end-announced'`).map((row) => row.details),
    [Symbol.asyncDispose]: () => runs[Symbol.asyncDispose](),
  }
}

test('two weeks before a schedule ends, the app shows the reason and each reader gets one email', async () => {
  await using stack = await createStack()
  await stack.advance(76 * dayMs - 1)
  expect(await stack.announce()).toBe(false)
  expect(await stack.schedule()).toMatchObject({ state: 'active', reason: null })

  await stack.advance(1)
  expect(await stack.announce()).toBe(true)
  expect(await stack.announce()).toBe(false)
  expect(await stack.schedule()).toMatchObject({
    state: 'active',
    reason: 'AUTHOR_AWAY',
    endsAt: '2026-05-30T12:00:00.000Z',
  })
  expect(stack.mailed.map(({ to }) => to)).toEqual(['anna@example.com', 'bert@example.com'])
  expect(stack.mailed[0]).toMatchObject({
    subject: 'Report: the schedule ends on 30 May 2026',
    text: expect.stringMatching(/ends on 30 May 2026[\s\S]*Anna www evil example last used .* on 1 March 2026/),
  })
  expect(await stack.audit()).toMatchObject([{ actionId: 'report', endsAt: '2026-05-30T12:00:00.000Z' }])

  await stack.advance(10 * dayMs)
  expect(await stack.announce()).toBe(false)
})

test('an announcement whose email fails is repeated the next day; a refused one is not', async () => {
  await using stack = await createStack()
  await stack.advance(76 * dayMs)
  stack.answers.push({ kind: 'failed', because: '' })
  await stack.announce()
  expect(await stack.schedule()).toMatchObject({ reason: 'AUTHOR_AWAY' })
  expect(await stack.audit()).toEqual([])
  expect(await stack.announce()).toBe(false)

  await stack.advance(dayMs)
  stack.answers.push({ kind: 'refused', because: '' })
  expect(await stack.announce()).toBe(true)
  expect(new Set(stack.mailed.map(({ id }) => id)).size).toBe(1)
  expect(await stack.audit()).toHaveLength(1)
  await stack.advance(dayMs)
  expect(await stack.announce()).toBe(false)
})

test('the end of a schedule is not announced to a reader who wants no more emails', async () => {
  await using stack = await createStack()
  await stack.withdraw('bert@example.com')
  await stack.advance(76 * dayMs)
  await stack.announce()
  expect(stack.mailed.map(({ to }) => to)).toEqual(['anna@example.com'])
  expect(stack.mailed[0]?.text).toContain(stack.mailed[0]?.withdrawUrl)
})

test('when the author is seen again, the announcement is withdrawn', async () => {
  await using stack = await createStack()
  await stack.advance(80 * dayMs)
  await stack.announce()
  await stack.seen()
  expect(await stack.schedule()).toMatchObject({ state: 'active', reason: null })
  await stack.advance(76 * dayMs - 1)
  expect(await stack.announce()).toBe(false)
  await stack.advance(1)
  expect(await stack.announce()).toBe(true)
  expect(stack.mailed).toHaveLength(4)
})

test('the end of a paused schedule is not announced', async () => {
  await using stack = await createStack()
  await stack.pause()
  await stack.advance(80 * dayMs)
  expect(await stack.announce()).toBe(false)
})
