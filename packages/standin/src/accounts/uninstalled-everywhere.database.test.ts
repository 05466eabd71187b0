import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { account, createTokenStack } from '../../test/token-stack.ts'
import { inTransaction } from '../context.ts'
import { accountsHooks } from '../when-uninstalled.ts'
import { lockInstallation, updateServing } from './account-store.ts'
import { createAccountsMemory } from './accounts-context.ts'
import { eraseData } from './erase-data.ts'
import { pauseAccount, resumeAccount } from './pause-account.ts'
import { restoreInstallation, uninstall } from './uninstall.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

test('invariant 8: within a second of an uninstall or a pause no replica hands out a token; once it is final nothing secret is left, and the audit stays', async () => {
  await using stack = await createTokenStack(database)
  await stack.install({ generation: 1 })
  const service = await stack.createService()
  const replicas = [await stack.startReplica(), await stack.startReplica()]
  for (const issue of replicas) expect((await issue(service)).accessToken.reveal()).toBe('token-1') // Now in every memory.
  expect(await dump()).toContain('eyJ')

  const operator = { kind: 'operator', id: 'test' } as const
  const now = stack.clock.now()
  const stopped = { suspendedUpTo: now, suspendedAt: now }
  await inTransaction(stack.ctx, (tx) => updateServing(tx, { accountId: account, activeGeneration: null }, stopped))
  await expectRefusedEverywhere('INSTALLATION_UNINSTALLED')
  expect(await dump()).toContain('eyJ') // Everything is kept,
  await restoreInstallation(stack.ctx, { accountId: account, actor: operator })
  await expectServedEverywhere() // and comes back.

  await pauseAccount(stack.ctx, { accountId: account, actor: operator })
  await expectRefusedEverywhere('INSTALLATION_PAUSED')
  await resumeAccount(stack.ctx, { accountId: account, actor: operator })
  await expectServedEverywhere()

  const ctx = { ...stack.ctx, accounts: createAccountsMemory(accountsHooks) }
  await inTransaction(ctx, async (tx) => {
    const installation = await lockInstallation(tx.db, account)
    await uninstall(tx, { installation, issuedAt: stack.clock.now(), actor: operator })
  })
  await eraseData(ctx, account)
  await expectRefusedEverywhere('INSTALLATION_UNINSTALLED')
  expect(await dump()).not.toContain('eyJ') // No JWE is left.
  const handOuts = await stack.handOuts()
  expect(handOuts.length).toBeGreaterThanOrEqual(2)

  await stack.install({ generation: 2 })
  const again = await replicas[0]!(service)
  expect(again.accessToken.reveal()).toBe('token-2')
  expect((await stack.handOuts()).map(({ generation }) => generation)).toContain(2)

  async function expectServedEverywhere(): Promise<void> {
    for (const issue of replicas)
      await expect.poll(() => issue(service).then(({ accessToken }) => accessToken.reveal(), String)).toBe('token-1')
  }

  async function expectRefusedEverywhere(why: string): Promise<void> {
    for (const issue of replicas) {
      const outcome = () =>
        issue(service).then(
          () => 'served',
          ({ reason }) => reason,
        )
      await expect.poll(outcome, { interval: 5 }).toBe(why) // Time stands still: it does not end because a token does.
    }
  }

  async function dump(): Promise<string> {
    const tables = await stack.sql`select format('%I', tablename) as name from pg_tables where schemaname = 'public'`
    const rows = await Promise.all(tables.map(({ name }) => stack.sql.unsafe(`select t::text as line from ${name} t`)))
    return rows
      .flat()
      .map(({ line }) => line)
      .join('\n')
  }
})
