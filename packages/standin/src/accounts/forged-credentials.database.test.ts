import { describe, expect, test } from 'vitest'
import { account, type CallbackStack, installed, prepareCallbackStacks } from '../../test/callback-stack.ts'
import { findForgedRows } from '../secrets/review-signed-rows.ts'
import { signedTables } from '../signed-tables.ts'
import { findCredentialsInForce } from './credentials-in-force.ts'
import { approveCredentials, releaseCredentials } from './decide-credentials.ts'
import { proveDueCredentials } from './prove-credentials.ts'
import { restoreInstallation } from './uninstall.ts'

const createStack = prepareCallbackStacks()
const operator = { kind: 'operator', id: 'test' } as const

async function install(stack: CallbackStack, clientId: string, how: { at: number; bound?: boolean }): Promise<void> {
  await stack.send(installed(clientId), how)
  await proveDueCredentials(stack.ctx)
}
const serving = (stack: CallbackStack) =>
  findCredentialsInForce(stack.ctx, account).then(
    ({ clientId }) => clientId,
    (error: { reason: string }) => error.reason,
  )
const forged = (stack: CallbackStack) => findForgedRows(stack.ctx, signedTables)
/** Everything that Standin does with credentials on its own, and what a person can do with them. */
async function tryAll(stack: CallbackStack): Promise<void> {
  for (let round = 0; round < 3; round++) {
    await proveDueCredentials(stack.ctx)
    for (const generation of [1, 2])
      for (const decide of [approveCredentials, releaseCredentials])
        await decide(stack.ctx, { accountId: account, generation, actor: operator }).catch(() => {})
    await restoreInstallation(stack.ctx, { accountId: account, actor: operator }).catch(() => {})
  }
}

describe('invariant 18: writing to the database brings no credentials into force', () => {
  const due = `next_attempt_at = '2001-01-01'`
  test.for<{ title: string; writes: string[] }>([
    {
      title: 'binding them',
      writes: [`update credentials set state = 'pending', bound = true, ${due} where generation = 2`],
    },
    {
      title: 'releasing them',
      writes: [
        `update credentials set state = 'pending', released_at = now(), bound = true, ${due} where generation = 2`,
      ],
    },
    {
      title: 'calling those in force history',
      writes: [
        `update credentials set state = 'superseded' where generation = 1`,
        `update credentials set state = 'pending', ${due} where generation = 2`,
      ],
    },
    {
      title: 'deleting those in force',
      writes: [
        'delete from credentials where generation = 1',
        `update credentials set state = 'pending', ${due} where generation = 2`,
      ],
    },
    {
      title: 'deleting those in force and the state of the account',
      writes: [
        'delete from credentials where generation = 1',
        `update installations set active_generation = null, mac = null`,
        `update credentials set state = 'pending', ${due} where generation = 2`,
      ],
    },
    {
      title: 'exchanging them in a suspended account',
      writes: [
        `update credentials set state = 'superseded' where generation = 1`,
        `update credentials set state = 'active' where generation = 2`,
        `update installations set active_generation = null, mac = null, suspended_at = now(), suspended_up_to = now() + interval '1 year'`,
      ],
    },
  ])('by $title', async ({ writes }) => {
    const stack = await createStack()
    await install(stack, 'client-a', { at: 1 })
    await install(stack, 'client-of-attacker', { at: 2, bound: false })
    expect((await stack.rows()).map(({ state }) => state)).toEqual(['active', 'awaiting-approval'])
    expect(await forged(stack)).toEqual({ count: 0, first: [] })

    for (const write of writes) await stack.connection.sql.unsafe(write)
    expect((await forged(stack)).count).toBeGreaterThan(0)
    await tryAll(stack)

    expect(await serving(stack)).not.toBe('client-of-attacker')
  })
})
