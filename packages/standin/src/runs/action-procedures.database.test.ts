import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { account, anna, caller, createRunStack, otherAccount, type RunStack } from '../../test/run-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import type { Caller } from '../access/caller.ts'
import { createContracted, router } from '../http/trpc.ts'
import { createActionCatalogue } from './action-catalogue.ts'
import { createActionProcedures } from './action-procedures.ts'
import { type AnyAction, defineAction } from './define-action.ts'
import { usualSecondsOf } from './run-list-store.ts'

const database = await createTestDatabase()
afterAll(database.drop)

const action = (id: string, change: Partial<AnyAction> = {}): AnyAction => ({
  ...defineAction({
    ...{ id, title: id, description: id, input: z.object({}), scopes: ['a'], changesData: false },
    run: async () => {},
  }),
  mayOverlap: true,
  ...change,
})
const actions = [action('report'), action('more', { scopes: ['a', 'b'] }), action('change', { changesData: true })]

async function listAs(stack: RunStack, who: Caller, accountId = account) {
  const nowhere = async () => undefined
  const contracted = createContracted(
    { accountOfRun: nowhere, accountOfSchedule: nowhere, accountOfArtifact: nowhere },
    { administratorScopes: undefined },
  )
  const procedures = createActionProcedures({
    ...{ contracted, catalogue: createActionCatalogue(actions, ['a', 'b']), sendsEmail: false },
    scopesOf: async () => ({ grantedScopes: ['a', 'b'], missingFromPlan: [] }),
    usualSecondsOf: (id) => usualSecondsOf(stack.db, id),
  })
  const api = router(procedures).createCaller({ requestId: 'test', authenticate: async () => who })
  return (await api.list({ accountId })).actions
}

test.for([
  { title: 'a user with the scopes of two', who: anna, may: ['report', 'change'] },
  { title: 'a user with all', who: { ...anna, scopes: ['a', 'b'] }, may: ['report', 'more', 'change'] },
  { title: 'a user whose token names no scopes', who: { ...anna, scopes: undefined }, may: ['report', 'more'] },
  { title: 'a service', who: { ...caller, grants: [{ accountId: 'all' as const, scopes: ['b'] }] }, may: [] },
])('$title may start what the scopes allow', async ({ who, may }) => {
  await using stack = await createRunStack({ database, actions })
  const shown = await listAs(stack, who)
  expect(shown.filter(({ mayStart }) => mayStart).map(({ id }) => id)).toEqual(may)
})

test('an action says how long it usually takes on the account: the middle of its last ten runs that succeeded', async () => {
  await using stack = await createRunStack({ database, actions })
  /** Runs that took so many seconds, the oldest first. */
  const ran = async (
    actionId: string,
    seconds: readonly number[],
    { state = 'succeeded', accountId = account } = {},
  ) => {
    for (const took of seconds) {
      const { id } = await stack.start({ actionId, accountId })
      await stack.sql`update runs set state = ${state}, started_at = created_at, ended_at = created_at + make_interval(secs => ${took})
        where id = ${id}`
    }
  }
  await ran('report', [900, 900, 900, 10, 10, 10, 10, 20, 30, 30, 30, 30, 30]) // The first three are too long ago.
  await ran('report', [900], { state: 'failed' })
  await ran('report', [900], { accountId: otherAccount })
  await ran('more', [7])

  const shown = await listAs(stack, anna)

  expect(shown.map(({ id, usualSeconds }) => [id, usualSeconds])).toEqual([
    ['report', 25],
    ['more', 7],
    ['change', null],
  ])
})
