import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { account, createRunStack, otherAccount } from '../../test/run-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { claimReviews, endReview, reviewsDue } from '../accounts/stopped-account-store.ts'
import { defineAction } from '../actions/define-action.ts'
import { whatIsDue } from '../database/due-store.ts'
import { reviewAccounts } from './review-accounts.ts'

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
