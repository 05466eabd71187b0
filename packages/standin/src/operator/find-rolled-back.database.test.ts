import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { account, createTokenStack } from '../../test/token-stack.ts'
import { grant, removeGrant } from '../access/change-grants.ts'
import { revokeKey, rotateKey } from '../access/change-keys.ts'
import { createKey } from '../access/create-key.ts'
import { updateServing } from '../accounts/account-store.ts'
import { pauseAccount, resumeAccount } from '../accounts/pause-account.ts'
import { record } from '../audit/record.ts'
import { inTransaction } from '../context.ts'
import { findRolledBack } from './find-rolled-back.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const actor = { kind: 'operator', id: 'test' } as const
const far = new Date('2099-01-01')
const reports = { service: 'reports', accountId: account, actor }

/** An account, a key and a grant, signed by Standin, are changed; then someone puts the earlier rows back. */
async function createField() {
  const stack = await createTokenStack(database)
  const { ctx, sql, clock } = stack
  const install = async (generation: number) => {
    await stack.install({ generation })
    await inTransaction(ctx, (tx) => record(tx, { actor, event: 'credentials.proven', accountId: account, generation }))
  }
  await install(1)
  const { id } = await createKey(ctx, { ...reports, scopes: ['a', 'b'], expiresAt: far })
  const tables = ['service_keys', 'grants', 'installations']
  return {
    stack,
    ctx,
    id,
    install,
    /** @returns the audit entries that contradict the rows */
    async putBack(change: () => Promise<unknown>) {
      for (const table of tables) await sql.unsafe(`create table old_${table} as table ${table}`)
      clock.advance(600_000)
      await change()
      for (const table of tables) {
        await sql.unsafe(`delete from ${table}`)
        await sql.unsafe(`insert into ${table} select * from old_${table}`)
        await sql.unsafe(`drop table old_${table}`)
      }
      return (await findRolledBack(ctx)).map(({ row }) => row)
    },
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  }
}

test('invariant 18: a row that is put back to an earlier signed state is named', async () => {
  await using field = await createField()
  const { ctx, id } = field
  field.stack.clock.advance(600_000)
  await grant(ctx, { ...reports, scopes: ['b', 'a'] })
  await revokeKey(ctx, { id: (await createKey(ctx, { ...reports, scopes: ['a', 'b'], expiresAt: far })).id, actor })
  expect(await findRolledBack(ctx)).toEqual([])

  const grantName = `grant reports ${account}`
  expect(await field.putBack(() => grant(ctx, { ...reports, scopes: ['a'] }))).toEqual([grantName])
  expect(await field.putBack(() => removeGrant(ctx, reports))).toEqual([grantName])
  await grant(ctx, { ...reports, scopes: ['a', 'b'] })
  const soon = new Date(Date.now() + 60_000)
  expect(await field.putBack(() => rotateKey(ctx, { id, expiresAt: far, overlapUntil: soon, actor }))).toEqual([
    `service key ${id}`,
  ])
})

test('invariant 18: so are a key that was revoked when it was created, and an earlier generation', async () => {
  await using field = await createField()
  const { ctx, id } = field
  expect(await field.putBack(() => revokeKey(ctx, { id, actor }))).toEqual([`service key ${id}`])
  const both = [`service key ${id}`, `account ${account}`]
  expect(await field.putBack(() => field.install(2))).toEqual(both)
  await field.install(3)
  const suspend = () =>
    inTransaction(ctx, async (tx) => {
      await updateServing(tx, { accountId: account, activeGeneration: null })
      await record(tx, { actor, event: 'installation.suspended', accountId: account })
    })
  expect(await field.putBack(suspend)).toEqual(both)
  field.stack.clock.advance(600_000)
  await field.install(4)
  expect(await field.putBack(() => field.stack.uninstall())).toEqual(both)
})

test('invariant 18: so is an account as it was before the operator paused it, until it is resumed', async () => {
  await using field = await createField()
  const { ctx } = field
  const of = { accountId: account, actor }
  expect(await field.putBack(() => pauseAccount(ctx, of))).toEqual([`pause of account ${account}`])
  // A later word about the credentials does not end the pause.
  field.stack.clock.advance(600_000)
  await inTransaction(ctx, (tx) => record(tx, { actor, event: 'installation.restored', accountId: account }))
  expect((await findRolledBack(ctx)).map(({ row }) => row)).toEqual([`pause of account ${account}`])
  await pauseAccount(ctx, of)
  await resumeAccount(ctx, of)
  expect(await findRolledBack(ctx)).toEqual([])
})
