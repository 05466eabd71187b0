import { describe, expect, onTestFinished, test } from 'vitest'
import {
  account,
  appId,
  createCallbackStack,
  delivered,
  installed,
  otherAccount,
  prepareCallbackStacks,
  uninstalled,
} from '../../test/callback-stack.ts'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { listCredentials } from '../accounts/account-store.ts'
import { connectDatabase } from '../database/database.ts'
import { callbacks } from './callback-table.ts'
import { listHeld } from './held/held-callback-store.ts'

const createStack = prepareCallbackStacks()
const connect = ({ url }: TestDatabase) => {
  const connection = connectDatabase(url, { pool: 2 })
  return { ...connection, [Symbol.asyncDispose]: connection.close }
}

describe('invariant 1: an answered callback is committed', () => {
  test('another connection finds the callback, its sealed secret and its audit row once the call returned', async () => {
    const stack = await createStack()

    expect(await stack.send(installed('client-a'))).toBe('accepted')

    await using other = stack.connectAgain()
    expect(await listCredentials(other.db, account)).toMatchObject([
      { generation: 1, state: 'pending', clientId: 'client-a', bound: true },
    ])
    expect(await other.db.select().from(callbacks)).toMatchObject([{ outcome: 'accepted', generation: 1, appId }])
    expect(await stack.audit()).toEqual(['credentials.received'])
  })

  test('each replica asks for commits to be on disk, whatever the database’s default is', async () => {
    await using database = await createTestDatabase()
    await using one = connect(database)
    await one.sql`do $$ begin execute format('alter database %I set synchronous_commit = off', current_database()); end $$`
    await using other = connect(database)

    expect(await other.sql`show synchronous_commit`).toEqual([{ synchronous_commit: 'on' }])
  })

  test('nothing of a callback is kept when a part of it cannot be stored', async () => {
    await using database = await createTestDatabase()
    await using connection = connect(database)
    const stack = await createCallbackStack({ ...database, ...connection })
    onTestFinished(stack.close)
    await connection.sql`alter table audit_entries add constraint full_disk check (event <> 'credentials.received')`

    await expect(stack.send(installed('client-a'))).rejects.toThrow()

    expect(await stack.rows()).toEqual([])
    expect(await stack.db.select().from(callbacks)).toEqual([])
    expect(await stack.installation()).toBeUndefined()
  })
})

describe('invariant 2: a repeated callback is a duplicate', () => {
  test('a redelivery is a duplicate, changes nothing and leaves no second row', async () => {
    const stack = await createStack()
    await stack.send(installed('client-a'), { at: 1 })
    const before = await stack.dump()

    expect(await stack.send(installed('client-a'), { at: 1 })).toBe('duplicate')
    expect(await stack.send(installed('client-a', { accountId: account.toUpperCase() }), { at: 1 })).toBe('duplicate')

    expect(await stack.dump()).toBe(before)
  })

  test('a redelivery under an expired identity is a duplicate; any other callback under one is refused', async () => {
    const stack = await createStack()
    await stack.send(installed('client-a'), { at: 1 })
    stack.clock.advance(2 * 3_600_000)

    expect(await stack.send(installed('client-a'), { at: 1 })).toBe('duplicate')
    await expect(stack.send(installed('client-b'), { at: 1 })).rejects.toMatchObject({ reason: 'IDENTITY_EXPIRED' })
    await expect(stack.send(installed('client-a', { clientSecret: 's3cr3t-other' }), { at: 1 })).rejects.toMatchObject({
      reason: 'IDENTITY_EXPIRED',
    })
    expect(await stack.rows()).toHaveLength(1)
  })

  test('the same credentials carry the newest of their times', async () => {
    const stack = await createStack()
    await stack.send(installed('client-a'), { at: 5 })
    await stack.prover.proveDue()

    expect(await stack.send(installed('client-a'), { at: 9 })).toBe('duplicate')
    expect(await stack.send(installed('client-a'), { at: 2 })).toBe('duplicate')
    expect(await stack.send(installed('client-b'), { at: 7 })).toBe('superseded')

    expect(await stack.rows()).toMatchObject([
      { state: 'active', issuedAt: new Date(stack.clock.now().getTime() + 9_000) },
      { state: 'superseded', nextAttemptAt: null },
    ])
  })

  test('credentials that were bound once stay bound, whatever callback brings them again', async () => {
    const stack = await createStack()
    await stack.send(installed('client-a'), { at: 5 })
    await stack.send(installed('client-a'), { at: 9, bound: false })
    expect(await stack.rows()).toMatchObject([{ bound: true }])
  })

  test('credentials older than the active ones are kept as superseded, and not proven', async () => {
    const stack = await createStack()
    await stack.send(installed('client-b'), { at: 5 })
    await stack.prover.proveDue()

    expect(await stack.send(installed('client-a'), { at: 3 })).toBe('superseded')
    await stack.prover.proveDue()

    expect(stack.exchanged).toEqual(['client-b'])
    const [, older] = await stack.rows()
    expect(older).toMatchObject({ state: 'superseded', sealedSecret: expect.any(String) })
  })

  test('superseded credentials that a newer callback sends again are proven again and take over', async () => {
    const stack = await createStack()
    for (const [clientId, at] of [
      ['client-a', 1],
      ['client-b', 2],
      ['client-a', 3],
    ] as const) {
      expect(await stack.send(installed(clientId), { at })).toBe('accepted')
      await stack.prover.proveDue()
    }

    expect(await stack.rows()).toMatchObject([{ state: 'active' }, { state: 'superseded' }])
    expect(stack.exchanged).toEqual(['client-a', 'client-b', 'client-a'])
  })

  test('superseded credentials that were sent again, but before the active ones, are not proven', async () => {
    const stack = await createStack()
    await stack.send(installed('client-a'), { at: 1 })
    await stack.prover.proveDue()
    await stack.send(installed('client-b'), { at: 5 })
    await stack.prover.proveDue()

    expect(await stack.send(installed('client-a'), { at: 3 })).toBe('duplicate')
    await stack.prover.proveDue()

    expect(stack.exchanged).toEqual(['client-a', 'client-b'])
    expect(await stack.rows()).toMatchObject([{ state: 'superseded' }, { state: 'active' }])
  })

  test('rejected credentials that a newer callback sends again get the full patience again', async () => {
    const stack = await createStack()
    stack.clients.set('client-a', { outcome: 'failed', failure: 'invalid-client' })
    await stack.send(installed('client-a'), { at: 1 })
    stack.clock.advance(20 * 60_000)
    await stack.prover.proveDue()
    expect(await stack.rows()).toMatchObject([{ state: 'rejected' }])

    expect(await stack.send(installed('client-a'), { at: 1 })).toBe('duplicate')
    expect(await stack.send(installed('client-a'))).toBe('accepted')
    await stack.prover.proveDue()

    expect(await stack.rows()).toMatchObject([{ state: 'pending', attempts: 1 }])
  })

  test('simultaneous callbacks of one account get different generations', async () => {
    const stack = await createStack()

    await Promise.all(['a', 'b', 'c', 'd'].map((name) => stack.send(installed(name), { at: 1 })))

    expect((await stack.rows()).map(({ generation }) => generation)).toEqual([1, 2, 3, 4])
  })
})

describe('invariant 6: a verified callback that is refused has no effect, and is kept sealed', () => {
  test.each([
    ['another app', installed('c', { irisAppId: '@acme/other' }), { bound: false }, 'IRIS_APP_UNKNOWN'],
    [
      'an identity for another account',
      installed('c'),
      { bound: false, claims: { accountId: otherAccount } },
      'IDENTITY_MISMATCH',
    ],
    ['an identity for another app', installed('c'), { claims: { irisAppId: '@acme/other' } }, 'IDENTITY_MISMATCH'],
    ['no client secret', installed('c', { clientSecret: undefined }), {}, 'CALLBACK_MALFORMED'],
    ['a lone surrogate in the secret', installed('c', { clientSecret: 's3cr3t\ud800' }), {}, 'CALLBACK_MALFORMED'],
  ])('%s', async (_title, body, how, reason) => {
    const stack = await createStack()
    await expect(stack.send(body, how)).rejects.toMatchObject({ reason })
    expect(await stack.rows()).toEqual([])
    expect(await stack.installation()).toBeUndefined()
    expect(await stack.db.select().from(callbacks)).toEqual([])
    expect(await listHeld(stack.db, { limit: 9 })).toMatchObject([{ state: 'held', reason, accountId: account }])
    expect(await stack.dump()).not.toMatch(/s3cr3t/)
  })

  test('a callback without an identity is refused before its body is parsed', async () => {
    const stack = await createStack()
    await expect(stack.receiveCallback(delivered(undefined, 'nonsense', stack.clock))).rejects.toMatchObject({
      reason: 'IDENTITY_MISSING',
    })
    expect(stack.published.requests).toBe(0)
  })
})

test('a callback of an unknown type is kept sealed, once, and does nothing', async () => {
  const stack = await createStack()
  const body = { type: 'SCOPES_CHANGED', irisAppId: appId, accountId: account, note: 'n0te-from-outside' }

  expect(await stack.send(body, { at: 1 })).toBe('ignored')
  expect(await stack.send(body, { at: 1 })).toBe('ignored')

  const [row, ...others] = await stack.db.select().from(callbacks)
  expect(others).toEqual([])
  expect(row).toMatchObject({ outcome: 'ignored', type: 'SCOPES_CHANGED' })
  const opened = await stack.vault.open(row!.sealedBody!, {
    account,
    app: appId,
    column: 'callback-body',
    generation: row!.generation!,
  })
  expect(JSON.parse(opened.reveal())).toEqual(body)
  expect(await stack.dump()).not.toContain('n0te-from-outside')
  expect(await stack.rows()).toEqual([])
  expect(await stack.audit()).toEqual(['callback.ignored'])
})

test('unknown fields of a callback are accepted, and the ledger keeps the claims’ names without their values', async () => {
  const stack = await createStack()
  expect(await stack.send(installed('c', { region: 'eu' }), { claims: { jti: 'unique-value' } })).toBe('accepted')
  const [row] = await stack.db.select().from(callbacks)
  expect(row!.claimNames).toEqual(['accountId', 'exp', 'iat', 'irisAppId', 'jti'])
  expect(await stack.dump()).not.toContain('unique-value')
})

test('an uninstall of an account that never installed is accepted', async () => {
  const stack = await createStack()
  expect(await stack.send(uninstalled(), { at: 1 })).toBe('accepted')
  expect(await stack.send(uninstalled(), { at: 1 })).toBe('duplicate')
})
