import { describe, expect, test, vi } from 'vitest'
import { prepareAccessStacks } from '../../test/access-stack.ts'
import { patiently } from '../../test/patiently.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { openTestReplica } from '../../test/test-replica.ts'
import { type Context, inTransaction } from '../context.ts'
import type { Database } from '../database/database.ts'
import { findServiceByKeyId, listServiceKeys, lockServiceKey, updateServiceKey } from './access-store.ts'
import { grant, removeGrant } from './change-grants.ts'
import { revokeKey, rotateKey } from './change-keys.ts'
import { createKey } from './create-key.ts'
import { createKeyDirectory } from './key-directory.ts'
import { digestOfPresentedKey } from './service-key.ts'

const openStack = prepareAccessStacks()
const account = '11111111-1111-4111-8111-111111111111'
const app = { scopes: ['a', 'b'].map((scope) => ({ scope, optional: false })) }
const actor = { kind: 'operator', id: 'test' } as const
const hour = 3_600_000

const makeKey = async (ctx: Context) => {
  const { id, key } = await createKey(ctx, {
    service: 'reports',
    accountId: account,
    scopes: ['a'],
    actor,
    expiresAt: new Date('2099-01-01'),
  })
  return { id, digest: digestOfPresentedKey(key.reveal()) ?? '' }
}

const expireAt = (ctx: Context, id: string, expiresAt: Date) =>
  inTransaction(ctx, async (tx) => {
    const row = await lockServiceKey(tx.db, id)
    if (row) await updateServiceKey(tx, row, { expiresAt })
  })

const expiryOf = async (db: Database, id: string) =>
  (await listServiceKeys(db, 'reports')).find((row) => row.id === id)?.expiresAt

/** A directory whose replica only gets the notifications that the test sends, and whose database can go away. */
async function createDirectory({ outageServeMs = 600_000 } = {}) {
  const stack = await openStack({ app, environment: { OUTAGE_SERVE_S: String(outageServeMs / 1_000) } })
  const { id, digest } = await makeKey(stack.ctx)
  let isDown = false
  let reads = 0
  const db = new Proxy(stack.ctx.db, {
    get(target, name: keyof Database) {
      if (name !== 'select') return target[name]
      reads++
      if (isDown) throw Object.assign(new Error('gone'), { code: 'ECONNREFUSED' })
      return target.select.bind(target)
    },
  })
  const directory = createKeyDirectory({ ...stack.ctx, db })
  return {
    stack,
    id,
    digest,
    directory,
    hear: directory.readAgain,
    reads: () => reads,
    goDown: () => (isDown = true),
    comeBack: () => (isDown = false),
  }
}

describe('invariant 18: a key that is no longer valid', () => {
  test.for<{ title: string; change: (ctx: Context, id: string) => Promise<unknown> }>([
    { title: 'was revoked', change: (ctx, id) => revokeKey(ctx, { id, actor }) },
    {
      title: 'has expired',
      change: (ctx, id) => expireAt(ctx, id, new Date(0)),
    },
  ])('$title: known at once where a word of it comes, and within 0.9 s where none does', async ({ change }) => {
    for (const hears of [true, false]) {
      const { stack, id, digest, directory, hear, reads } = await createDirectory()
      expect(await directory.find(digest)).toMatchObject({ service: 'reports' })
      expect(await directory.find(digest)).toMatchObject({ service: 'reports' })
      expect(reads()).toBe(2) // Whether it exists, then what it may do.

      await change(stack.ctx, id)
      if (hears) hear()
      else stack.ctx.clock.advance(900)

      expect(await directory.find(digest)).toBeUndefined()
      expect(directory.wasGood(digest)).toBe(false)
      expect((await findServiceByKeyId(stack.ctx, id))?.caller).toBeUndefined()
    }
  })

  test('is noticed by another replica through the database', async () => {
    await using database = await createTestDatabase()
    const clock = { now: () => new Date(), monotonicMs: () => 0 } // So that it never reads because time has passed.
    await using replica = openTestReplica(database, { app, clock, pool: 2, environment: { OUTAGE_SERVE_S: '0' } })
    const { ctx } = replica
    const { id, digest } = await makeKey(ctx)
    const directory = createKeyDirectory(ctx)
    await ctx.listener.on('access_changed', directory.readAgain, directory.readAgain)
    expect(await directory.find(digest)).toBeDefined()

    await revokeKey(ctx, { id, actor })

    await vi.waitFor(async () => expect(await directory.find(digest)).toBeUndefined(), patiently)
  })

  test('is not kept by a read that began before the change and ended after its notification', async () => {
    const { stack, id, digest, directory, hear } = await createDirectory()
    const early = directory.find(digest)
    hear()
    await early
    await revokeKey(stack.ctx, { id, actor })
    expect(await directory.find(digest)).toBeUndefined()
  })
})

describe('invariant 16: while the database is down', () => {
  test('keys that were read before still work for a while, and no unknown key does', async () => {
    const { stack, digest, directory, goDown } = await createDirectory()
    await directory.find(digest)
    goDown()

    for (const passedMs of [900, 500_000]) {
      stack.ctx.clock.advance(passedMs)
      expect(await directory.find(digest)).toMatchObject({ service: 'reports' })
    }
    await expect(directory.find('of a stranger')).rejects.toMatchObject({ reason: 'STORAGE_UNAVAILABLE' })
    stack.ctx.clock.advance(100_000)
    await expect(directory.find(digest)).rejects.toMatchObject({ reason: 'STORAGE_UNAVAILABLE' })
  })

  test('no key works if the operator turned this off', async () => {
    const { stack, digest, directory, goDown } = await createDirectory({ outageServeMs: 0 })
    await directory.find(digest)
    goDown()
    stack.ctx.clock.advance(900)
    await expect(directory.find(digest)).rejects.toMatchObject({ reason: 'STORAGE_UNAVAILABLE' })
  })

  test('a key that expires during the outage stops working', async () => {
    const { stack, id, digest, directory, goDown } = await createDirectory()
    const inTwoSeconds = new Date(Date.now() + 2_000)
    await expireAt(stack.ctx, id, inTwoSeconds)
    await directory.find(digest)
    goDown()
    stack.ctx.clock.advance(inTwoSeconds.getTime() - stack.ctx.clock.now().getTime())
    await expect(directory.find(digest)).rejects.toMatchObject({ reason: 'STORAGE_UNAVAILABLE' })
  })

  test('the database is asked twice a second, and read again before anything is served when it is back', async () => {
    const { stack, id, digest, directory, reads, goDown, comeBack } = await createDirectory()
    await directory.find(digest)
    await revokeKey(stack.ctx, { id, actor })
    goDown()
    stack.ctx.clock.advance(900)
    for (let asked = 0; asked < 20; asked++) await directory.find(digest)
    expect(reads()).toBe(3)

    comeBack()
    stack.ctx.clock.advance(500)
    expect(await directory.find(digest)).toBeUndefined()
  })

  test('the database is asked at once when its notifications are back', async () => {
    const { stack, id, digest, directory, hear, goDown, comeBack } = await createDirectory()
    await directory.find(digest)
    goDown()
    stack.ctx.clock.advance(900)
    expect(await directory.find(digest)).toBeDefined()

    comeBack()
    await revokeKey(stack.ctx, { id, actor })
    hear()
    expect(await directory.find(digest)).toBeUndefined()
  })
})

describe('keys and grants', () => {
  test('of a hundred thousand grants of a service one is looked up, and none but signed ones count', async () => {
    const { stack, digest, directory } = await createDirectory()
    await stack.sql`
      insert into grants (service, account_id, scopes, mac)
      select 'reports', gen_random_uuid()::text, '{b}', 'nobody:x' from generate_series(1, 100000)`
    await stack.sql`analyze grants`
    const [forged] = await stack.sql`select account_id from grants where mac = 'nobody:x' limit 1`
    const caller = await directory.find(digest)
    expect(caller?.grants).toEqual([])

    const on = async (accountId: string) => (await directory.on(caller!, accountId)).grants
    expect(await on(account)).toMatchObject([{ accountId: account, scopes: ['a'] }])
    expect(await on(forged?.account_id)).toEqual([])
    const [plan] = await stack.sql`
      explain (format json) select from unnest(array['reports'], array[${account}]) as asked(service, account_id)
      join grants found on found.service = asked.service and found.account_id in ('all', asked.account_id)`
    expect(JSON.stringify(plan)).not.toContain('Seq Scan')
  })

  test('after a rotation, both keys work for a while, then only the new one', async () => {
    const { stack, id, digest, directory } = await createDirectory()
    const overlapUntil = new Date(Date.now() + hour)
    const expiresAt = new Date('2099-01-01')
    const { key } = await rotateKey(stack.ctx, { id, expiresAt, overlapUntil, actor })
    const newDigest = digestOfPresentedKey(key.reveal()) ?? ''

    expect(await directory.find(digest)).toMatchObject({ keyId: id, service: 'reports' })
    expect(await directory.find(newDigest)).toMatchObject({ service: 'reports' })
    expect(await expiryOf(stack.ctx.db, id)).toEqual(overlapUntil)
    expect(await stack.audit()).toEqual(['service-key.created', 'service-key.rotated'])

    await revokeKey(stack.ctx, { id, actor })
    await expect(rotateKey(stack.ctx, { id, expiresAt, overlapUntil, actor })).rejects.toMatchObject({
      reason: 'INPUT_INVALID',
    })
  })

  test('an overlap does not extend the life of a key', async () => {
    const { stack, id } = await createDirectory()
    const soon = new Date(Date.now() + hour)
    await expireAt(stack.ctx, id, soon)
    await rotateKey(stack.ctx, {
      id,
      actor,
      expiresAt: new Date('2099-01-01'),
      overlapUntil: new Date(Date.now() + 2 * hour),
    })
    expect(await expiryOf(stack.ctx.db, id)).toEqual(soon)
  })

  test('setting, replacing or removing a grant takes effect at once, and leaves an audit entry', async () => {
    const { stack, digest, directory, hear } = await createDirectory()
    const granted = async () => {
      hear()
      const caller = await directory.find(digest)
      return (
        caller && (await directory.on(caller, account)).grants.map(({ accountId, scopes }) => [accountId, ...scopes])
      )
    }
    await grant(stack.ctx, { service: 'reports', accountId: account, scopes: ['b'], actor })
    expect(await granted()).toEqual([[account, 'b']])
    await expect(
      grant(stack.ctx, { service: 'reports', accountId: account, scopes: ['c'], actor }),
    ).rejects.toMatchObject({ reason: 'SCOPE_NOT_IN_MANIFEST' })
    await removeGrant(stack.ctx, { service: 'reports', accountId: account, actor })
    expect(await granted()).toEqual([])
    await expect(removeGrant(stack.ctx, { service: 'reports', accountId: account, actor })).rejects.toMatchObject({
      reason: 'NOT_FOUND',
    })
    expect(await stack.audit()).toEqual(['service-key.created', 'grant.set', 'grant.removed'])
  })

  test('an unknown key can be neither rotated nor revoked', async () => {
    const { ctx } = await openStack()
    const id = '000000000000'
    await expect(revokeKey(ctx, { id, actor })).rejects.toMatchObject({ reason: 'NOT_FOUND' })
    const times = { expiresAt: new Date('2099-01-01'), overlapUntil: new Date('2099-01-01') }
    await expect(rotateKey(ctx, { id, ...times, actor })).rejects.toMatchObject({ reason: 'NOT_FOUND' })
  })
})
