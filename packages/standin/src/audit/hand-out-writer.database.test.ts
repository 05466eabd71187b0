import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { account, createAuditStack, handOut, keyId } from '../../test/audit-stack.ts'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { connectDatabase } from '../database/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

describe('invariant 12 and 18: a token is handed out only once its entry is committed', () => {
  test.for<{ title: string; change: string; reasonable?: Partial<ReturnType<typeof handOut>> }>([
    { title: 'another generation is in force', change: 'update installations set active_generation = 4' },
    { title: 'the account was uninstalled', change: 'update installations set active_generation = null' },
    { title: 'the key was revoked', change: 'update service_keys set revoked_at = now()' },
    { title: 'the key has expired', change: "update service_keys set expires_at = now() - interval '1 second'" },
    { title: 'the grant was removed', change: 'delete from grants' },
    { title: 'the grant has one scope less', change: "update grants set scopes = '{a}'" },
    { title: 'the grant is on another account', change: 'update grants set account_id = gen_random_uuid()::text' },
  ])('none where $title, and the chain stays whole', async ({ change }) => {
    await using stack = await createAuditStack(database)
    const writer = stack.startWriter()
    expect(await writer.recordHandOut(handOut())).toBe(true)
    await stack.sql.unsafe(change)

    expect(await writer.recordHandOut(handOut())).toBe(false)

    expect(await stack.handOuts()).toHaveLength(1)
    expect(await stack.problems()).toEqual([])
  })

  test('the entry says who, for which account, generation and scopes, and the fingerprint', async () => {
    await using stack = await createAuditStack(database)
    await stack.startWriter().recordHandOut(handOut({ fingerprint: 'f' }))
    expect(await stack.handOuts()).toMatchObject([
      {
        actorKind: 'service',
        actorId: 'reports',
        accountId: account,
        generation: 3,
        details: { scopes: ['a', 'b'], fingerprint: 'f', key: keyId },
      },
    ])
  })

  test('a grant on all accounts counts, and our own runs need neither key nor grant', async () => {
    await using stack = await createAuditStack(database)
    await stack.sql`update grants set account_id = 'all'`
    const writer = stack.startWriter()
    expect(await writer.recordHandOut(handOut())).toBe(true)
    await stack.sql`delete from grants`
    const run = { serviceKeyId: undefined, receiver: { kind: 'system', id: 'run 1' } } as const
    expect(await writer.recordHandOut(handOut(run))).toBe(true)
    expect(await stack.problems()).toEqual([])
  })

  test('hand-outs of a group that are not allowed are left out, without affecting the others', async () => {
    await using stack = await createAuditStack(database)
    const property = fc.asyncProperty(
      fc.array(fc.constantFrom(undefined, 'generation', 'key', 'scope', 'value'), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 3 }),
      async (faults, writers) => {
        const before = (await stack.handOuts()).length
        const processes = Array.from({ length: writers }, (_, index) => stack.startWriter(`q${index}`))
        const recorded = await Promise.all(
          faults.map((fault, index) =>
            processes[index % writers]
              ?.recordHandOut(
                handOut({
                  ...(fault === 'generation' && { generation: 2 }),
                  ...(fault === 'key' && { serviceKeyId: 'nobody' }),
                  ...(fault === 'scope' && { scopeKey: 'a c' }),
                  ...(fault === 'value' && { fingerprint: '\0' }),
                }),
              )
              .catch(() => false),
          ),
        )
        expect(recorded).toEqual(faults.map((fault) => fault === undefined))
        expect((await stack.handOuts()).length - before).toBe(recorded.filter(Boolean).length)
        expect(await stack.problems()).toEqual([])
      },
    )
    await fc.assert(property, { numRuns: 20 })
  })
})

describe('the chain of hand-outs', () => {
  test('continues after a connection broke during a write, whether or not the row was written', async () => {
    await using stack = await createAuditStack(database)
    const writer = stack.startWriter()
    await writer.recordHandOut(handOut())
    const { sql, close } = connectDatabase(database.url, { pool: 1 })
    for (let broken = 0; broken < 5; broken++) {
      const underWay = writer.recordHandOut(handOut()).catch(() => false)
      await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and application_name = 'standin'`
      await underWay
      await writer.recordHandOut(handOut()).catch(() => false)
    }
    await close()

    expect(await writer.recordHandOut(handOut())).toBe(true)
    expect(await stack.problems()).toEqual([])
  })

  test('a hand-out from the spool is written once, even if it is no longer allowed', async () => {
    await using stack = await createAuditStack(database)
    const writer = stack.startWriter()
    await stack.sql`update service_keys set revoked_at = now()`
    const spooled = { ...handOut(), entryId: crypto.randomUUID(), at: new Date('2025-03-01T11:00:00Z') }

    await Promise.all([writer.recordSpooled(spooled), writer.recordHandOut(handOut())])
    await writer.recordSpooled(spooled)

    expect(await stack.handOuts()).toMatchObject([
      { leftAs: spooled.entryId, at: spooled.at, details: { spooled: true } },
    ])
    expect(await stack.problems()).toEqual([])
  })
})
