import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { account, createTokenStack, type TokenStack } from '../../test/token-stack.ts'
import { authenticate } from '../access/authenticate.ts'
import { revokeKey } from '../access/change-keys.ts'
import { createKey } from '../access/create-key.ts'
import { createServiceKey, type NewServiceKey } from '../access/service-key.ts'
import { StandinError } from '../standin-error.ts'
import { issueToCaller } from './issue-to-caller.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const victim = '99999999-9999-4999-8999-999999999999'

/** A service that asks over HTTP, and an attacker who writes to the database. */
async function createField() {
  const stack = await createTokenStack(database)
  await stack.install()
  await stack.install({ accountId: victim })
  const replica = await stack.startReplica()
  const ask = async (key: NewServiceKey['key'], accountId = account, scopes = ['a']) => {
    const caller = await authenticate(replica.ctx, `Bearer ${key.reveal()}`, { arrivedAtMs: 0, address: '10.0.0.1' })
    return issueToCaller(replica.ctx, caller, { accountId, scopes })
  }
  return {
    stack,
    ask,
    ctx: replica.ctx,
    /** The service's answer: the token's scopes, or the reason of the refusal. */
    answer: (...asked: Parameters<typeof ask>): Promise<string> =>
      ask(...asked).then(
        ({ scopes }) => scopes.join(' '),
        (error: unknown) => (error instanceof StandinError ? error.reason : String(error)),
      ),
    /** Ages the memory of this process, so that it reads keys, grants and the account again. */
    age: () => stack.clock.advance(6_000),
    service: () =>
      createKey(stack.ctx, {
        service: 'reports',
        accountId: account,
        scopes: ['a'],
        expiresAt: new Date('2099-01-01'),
        actor: { kind: 'operator', id: 'test' },
      }),
    forged: async () => (await replica.ctx.metrics.text()).match(/^standin_forged_rows_total\{.*$/gm) ?? [],
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  }
}

async function insertKey({ sql }: TokenStack, mac: string, service = 'mine'): Promise<NewServiceKey['key']> {
  const { id, key, digest } = createServiceKey()
  await sql`insert into service_keys (id, service, digest, expires_at, mac) values (${id}, ${service}, ${digest}, '2099-01-01', ${mac})`
  return key
}

describe('invariant 18: an attacker who can write to the database gets no token', () => {
  test('the control: a service with a key and a grant does', async () => {
    await using field = await createField()
    const { key } = await field.service()
    expect(await field.answer(key)).toBe('a')
    expect(await field.answer(key, victim)).toBe('ACCOUNT_FORBIDDEN')
    expect(await field.forged()).toEqual([])
  })

  test.for(['none', 'copied'] as const)('by a key and a grant of their own, with MACs: %s', async (macs) => {
    await using field = await createField()
    const { sql } = field.stack
    await field.service()
    const [copied] =
      macs === 'copied' ? await sql`select k.mac as key, g.mac as grant from service_keys k, grants g` : []
    const key = await insertKey(field.stack, copied?.key ?? '')
    await sql`insert into grants (service, account_id, scopes, mac) values ('mine', 'all', '{a,b}', ${copied?.grant ?? ''})`

    expect(await field.answer(key, victim)).toBe('UNAUTHENTICATED')
    expect(await field.stack.handOuts()).toEqual([])
    expect(await field.forged()).toEqual(['standin_forged_rows_total{table="service key"} 1'])
  })

  test('by a key of their own for a service that has grants', async () => {
    await using field = await createField()
    await field.service()
    expect(await field.answer(await insertKey(field.stack, '', 'reports'))).toBe('UNAUTHENTICATED')
  })

  test.for([
    { title: 'more scopes', change: `update grants set scopes = '{a,b}'`, scopes: ['a', 'b'] },
    { title: 'a grant for all accounts', change: `update grants set account_id = 'all'`, of: victim },
    { title: 'another account', change: `update grants set account_id = '${victim}'`, of: victim },
    {
      title: 'a second grant',
      change: `insert into grants select service, '${victim}', scopes, now(), mac from grants`,
      of: victim,
    },
  ])('by $title for a service with a good key, at once or later', async ({ change, scopes, of }) => {
    await using field = await createField()
    const { key } = await field.service()
    expect(await field.answer(key)).toBe('a')

    await field.stack.sql.unsafe(change)

    for (const waits of [false, true]) {
      if (waits) field.age()
      expect(await field.answer(key, of, scopes)).toMatch(/^(SCOPE|ACCOUNT)_FORBIDDEN$/)
    }
    expect(await field.stack.handOuts()).toHaveLength(1)
    expect(await field.forged()).toEqual([expect.stringContaining('grant')])
  })

  test.for([
    { title: 'an expired key that lasts longer', change: `update service_keys set expires_at = '2199-01-01'` },
    { title: 'a digest of another key', change: `update service_keys set digest = 'x'` },
    { title: 'a revoked key that is good again', change: 'update service_keys set revoked_at = null', revoked: true },
  ])('by $title', async ({ change, revoked }) => {
    await using field = await createField()
    const { id, key } = await field.service()
    if (revoked) await revokeKey(field.ctx, { id, actor: { kind: 'operator', id: 'test' } })
    await field.stack.sql.unsafe(change)
    expect(await field.answer(key)).toBe('UNAUTHENTICATED')
  })

  test('by replacing a verified grant before it is read again', async () => {
    await using field = await createField()
    const { key } = await field.service()
    expect(await field.answer(key)).toBe('a')
    await field.stack.sql`delete from grants`
    await field.stack
      .sql`insert into grants (service, account_id, scopes, mac) values ('reports', 'all', '{a,b}', 'forged')`
    expect(await field.answer(key)).toBe('ACCOUNT_FORBIDDEN')
  })

  test.for([
    { title: 'an older generation', active: 1, states: { 1: 'active', 2: 'superseded' } },
    { title: 'credentials that wait for approval', active: 3, states: { 2: 'superseded', 3: 'active' } },
  ])('by $title switched into force', async ({ active, states }) => {
    await using field = await createField()
    const { sql } = field.stack
    const { key } = await field.service()
    await field.stack.install({ generation: 2 })
    await sql`
      insert into credentials (account_id, generation, app_id, client_id, sealed_secret, state, issued_at, tie_break, bound)
      select account_id, 3, app_id, client_id, sealed_secret, 'awaiting-approval', now(), '', false
      from credentials where account_id = ${account} and generation = 2`
    expect(await field.answer(key)).toBe('a')

    await sql`update credentials set state = 'superseded' where account_id = ${account}`
    for (const [generation, state] of Object.entries(states))
      await sql`update credentials set state = ${state} where account_id = ${account} and generation = ${generation}`
    await sql`update installations set active_generation = ${active} where account_id = ${account}`

    for (const waits of [false, true]) {
      if (waits) field.age()
      expect(await field.answer(key)).toBe('INTERNAL')
    }
    expect(await field.stack.handOuts()).toHaveLength(1)
  })
})
