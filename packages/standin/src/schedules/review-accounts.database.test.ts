import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { account, createRunStack, otherAccount } from '../../test/run-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import {
  claimReviews,
  endReview,
  reviewsDue,
  setAsideStoppedWork,
  stoppedWorkDue,
} from '../accounts/stopped-account-store.ts'
import { defineAction } from '../actions/define-action.ts'
import { whatIsDue } from '../database/due-store.ts'
import { awaitingRuns } from '../runs/run-lease-store.ts'
import { accountsHooks } from '../when-uninstalled.ts'
import { reviewAccounts, setAsideStopped } from './review-accounts.ts'

const database = await createTestDatabase()
afterAll(() => database.drop())
const action = defineAction({
  id: 'a',
  title: 'A',
  description: 'A.',
  input: z.object({}),
  scopes: ['a'],
  changesData: false,
  run: async () => {},
})

test('one worker reviews a change of an account, once, however many workers there are', async () => {
  await using stack = await createRunStack({ database, actions: [action] })
  const isDue = async () => (await whatIsDue(stack.db, new Map([['it', reviewsDue]]))).has('it')
  expect(await isDue()).toBe(false)
  await stack.install(account)
  await stack.install(otherAccount)
  expect(await isDue()).toBe(true)

  const claimed = await Promise.all([claimReviews(stack.db, 20), claimReviews(stack.db, 20)])

  expect(claimed.flat().map(({ accountId }) => accountId)).toEqual(expect.arrayContaining([account, otherAccount]))
  expect(claimed.flat()).toHaveLength(2)
  expect(await isDue()).toBe(false)
})

test('a change during a look is looked at, and so is one whose look did not end', async () => {
  await using stack = await createRunStack({ database, actions: [action] })
  const claim = async () => (await claimReviews(stack.db, 20)).map((review) => ({ ...review }))
  await stack.install(account)
  const [first] = await claim()
  await stack.suspend()
  await endReview(stack.db, first!)
  const [second] = await claim()
  expect(second).toMatchObject({ accountId: account })

  await stack.sql`update installations set reviewing_until = now() - interval '1 second'` // Its worker died.
  const [third] = await claim()
  expect(third).toMatchObject({ accountId: account })
  await endReview(stack.db, third!)
  expect(await claim()).toEqual([])
  expect(await stack.sql`select is_unreviewed from installations`).toEqual([{ is_unreviewed: false }])
})

test('an account whose look failed is looked at again', async () => {
  await using stack = await createRunStack({ database, actions: [action] })
  await stack.install(account)
  const { id } = await stack.start()
  await stack.sql`
    update runs set state = 'waiting', reason = 'CREDENTIALS_REJECTED', waiting_until = now() + interval '1 day' where id = ${id}`
  await stack.sql`alter table runs rename to runs_away`
  await reviewAccounts(stack.ctx)
  await stack.sql`alter table runs_away rename to runs`
  await stack.sql`update installations set reviewing_until = now() - interval '1 second' where reviewing_until is not null`

  await reviewAccounts(stack.ctx)

  expect(await stack.due()).toEqual([id])
})

test('a run that waited for its account continues even if no replica was notified that its access works again', async () => {
  await using stack = await createRunStack({ database, actions: [action] })
  await stack.install(account)
  const { id } = await stack.start()
  await stack.sql`
    update runs set state = 'waiting', reason = 'CREDENTIALS_REJECTED', waiting_until = now() + interval '1 day' where id = ${id}`
  expect(await stack.due()).toEqual([])

  await reviewAccounts(stack.ctx)

  expect(await stack.due()).toEqual([id])
})

test('what is due of a stopped account is looked at once, and again as soon as the account is served', async () => {
  await using stack = await createRunStack({ database, actions: [action] })
  const { sql, db, ctx } = stack
  await stack.install(account)
  await stack.install(otherAccount)
  const { id } = await stack.start()
  await sql`insert into schedules (account_id, action_id, input, recurrence, time_zone, deliver_to, state, anchor_at, due_at, created_by)
    values (${account}, 'a', '{}', '', 'UTC', '[]', 'active', now(), now() - interval '1 second', '{}')`
  await sql`insert into deliveries (account_id, run_id, position, destination, next_try_at)
    values (${account}, ${id}, 0, '{}', now() - interval '1 second')`
  const due = stoppedWorkDue(accountsHooks.awaitingWork)
  const isDue = async () => (await whatIsDue(db, new Map([['it', due]]))).has('it')
  const setAside = async () => {
    const tables = await sql`select
      (select awaits_account from runs where id = ${id}) as run, (select awaits_account from schedules) as schedule,
      (select awaits_account from deliveries) as delivery`
    return tables[0]
  }
  expect([await isDue(), await setAsideStopped(ctx)]).toEqual([false, false])

  await stack.suspend()
  expect([await isDue(), await setAsideStopped(ctx), await setAsideStopped(ctx), await isDue()]).toEqual([
    true,
    true,
    false,
    false,
  ])
  expect(await setAside()).toEqual({ run: true, schedule: true, delivery: true })
  await reviewAccounts(ctx) // Of its uninstall.
  expect(await setAside()).toEqual({ run: true, schedule: true, delivery: true })

  await stack.restore()
  await reviewAccounts(ctx)
  expect(await setAside()).toEqual({ run: false, schedule: false, delivery: false })
  expect(await stack.due()).toEqual([id])
})

test('nothing is set aside of an account that is changing, and no account changes while something is', async () => {
  await using stack = await createRunStack({ database, actions: [action] })
  const { sql, db } = stack
  await stack.install(account)
  await stack.start()
  await stack.suspend()
  await sql.begin(async (resuming) => {
    await resuming`update installations set active_generation = 1, suspended_at = null`
    expect(await setAsideStoppedWork(db, awaitingRuns)).toBe(false)
  })
  expect(await setAsideStoppedWork(db, awaitingRuns)).toBe(false) // It is served.

  await stack.suspend()
  await db.transaction(async (tx) => {
    expect(await setAsideStoppedWork(tx, awaitingRuns)).toBe(true)
    await expect(sql`select from installations for no key update nowait`).rejects.toMatchObject({ code: '55P03' })
  })
})
