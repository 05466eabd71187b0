import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { account, createRunStack, otherAccount } from '../../test/run-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { claimUnreviewed, reviewsDue } from '../accounts/stopped-account-store.ts'
import { defineAction } from '../actions/define-action.ts'
import { whatIsDue } from '../database/due-store.ts'
import { reviewAccounts } from './review-accounts.ts'

const database = await createTestDatabase()
afterAll(() => database.drop())
const action = defineAction({
  ...{ id: 'a', title: 'A', description: 'A.', input: z.object({}), scopes: ['a'], changesData: false },
  run: async () => {},
})

test('a change of an account is looked at by one worker, however many there are, and once', async () => {
  await using stack = await createRunStack({ database, actions: [action] })
  const isDue = async () => (await whatIsDue(stack.db, new Map([['it', reviewsDue]]))).has('it')
  expect(await isDue()).toBe(false)
  await stack.install(account)
  await stack.install(otherAccount)
  expect(await isDue()).toBe(true)

  const claimed = await Promise.all([claimUnreviewed(stack.db, 20), claimUnreviewed(stack.db, 20)])

  expect(claimed.flat().sort()).toEqual([account, otherAccount])
  expect(await isDue()).toBe(false)
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
