import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { account, prepareCallbackStacks } from '../../test/callback-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { connectDatabase, type Database } from '../database/database.ts'
import { createListener } from '../database/listen.ts'
import { listServiceKeys, updateServiceKey } from './access-store.ts'
import { grant, removeGrant } from './change-grants.ts'
import { revokeKey, rotateKey } from './change-keys.ts'
import { createKey } from './create-key.ts'
import { createKeyDirectory } from './key-directory.ts'
import { digestOfPresentedKey } from './service-key.ts'

const createStack = prepareCallbackStacks()
const actor = { kind: 'operator', id: 'test' } as const
const hour = 3_600_000

const makeKey = async (db: Database) => {
  const { id, key } = await createKey(db, ['a', 'b'], {
    ...{ service: 'reports', accountId: account, scopes: ['a'], actor },
    expiresAt: new Date('2099-01-01'),
  })
  return { id, digest: digestOfPresentedKey(key.reveal()) ?? '' }
}

const expiryOf = async (db: Database, id: string) =>
  (await listServiceKeys(db, 'reports')).find((row) => row.id === id)?.expiresAt

/** A directory whose replica hears nothing but what the test says, and whose database can go away. */
async function createDirectory({ outageServeMs = 600_000 } = {}) {
  const stack = await createStack()
  const { id, digest } = await makeKey(stack.db)
  let hear = () => {}
  let isDown = false
  let reads = 0
  const db = new Proxy(stack.db, {
    get(target, name: keyof Database) {
      if (name !== 'select') return target[name]
      reads++
      if (isDown) throw Object.assign(new Error('gone'), { code: 'ECONNREFUSED' })
      return target.select.bind(target)
    },
  })
  const directory = await createKeyDirectory({
    ...{ db, clock: stack.clock, policy: { outageServeMs } },
    listener: {
      on: async (_channel, onNotify) => {
        hear = () => onNotify('')
      },
    },
  })
  return {
    ...{ stack, id, digest, directory },
    hear: () => hear(),
    reads: () => reads,
    goDown: () => (isDown = true),
    comeBack: () => (isDown = false),
  }
}

describe('invariant 18: a key that is not good any more', () => {
  test.for<{ title: string; change: (db: Database, id: string) => Promise<unknown> }>([
    { title: 'was revoked', change: (db, id) => revokeKey(db, { id, actor }) },
    {
      title: 'has expired',
      change: (db, id) => db.transaction((tx) => updateServiceKey(tx, id, { expiresAt: new Date(0) })),
    },
  ])('$title: known at once where a word of it comes, and within 0.9 s where none does', async ({ change }) => {
    for (const hears of [true, false]) {
      const { stack, id, digest, directory, hear, reads } = await createDirectory()
      expect(await directory.find(digest)).toMatchObject({ service: 'reports' })
      expect(await directory.find(digest)).toMatchObject({ service: 'reports' })
      expect(reads()).toBe(1)

      await change(stack.db, id)
      if (hears) hear()
      else stack.clock.advance(900)

      expect(await directory.find(digest)).toBeUndefined()
      expect(directory.wasGood(digest)).toBe(false)
      expect(await directory.current(id)).toBeUndefined()
    }
  })

  test('is noticed by another replica through the database', async () => {
    await using database = await createTestDatabase()
    const { db, close } = connectDatabase(database.url, { pool: 2 })
    const listener = createListener(database.url)
    onTestFinished(async () => {
      await listener.close()
      await close()
    })
    const { id, digest } = await makeKey(db)
    const clock = { now: () => new Date(), monotonicMs: () => 0 } // However long it takes, it does not read by itself.
    const directory = await createKeyDirectory({ db, clock, listener, policy: { outageServeMs: 0 } })
    expect(await directory.find(digest)).toBeDefined()

    await revokeKey(db, { id, actor })

    await vi.waitFor(async () => expect(await directory.find(digest)).toBeUndefined(), { timeout: 5_000 })
  })

  test('is not kept for good by a read that began before the change and ended after it was announced', async () => {
    const { stack, id, digest, directory, hear } = await createDirectory()
    const early = directory.find(digest)
    hear()
    await early
    await revokeKey(stack.db, { id, actor })
    expect(await directory.find(digest)).toBeUndefined()
  })
})

describe('invariant 16: while the database is down', () => {
  test('what was last read of a key holds, for a while, and no stranger is let in', async () => {
    const { stack, digest, directory, goDown } = await createDirectory()
    await directory.find(digest)
    goDown()

    for (const passedMs of [900, 500_000]) {
      stack.clock.advance(passedMs)
      expect(await directory.find(digest)).toMatchObject({ service: 'reports' })
    }
    await expect(directory.find('of a stranger')).rejects.toMatchObject({ reason: 'STORAGE_UNAVAILABLE' })
    stack.clock.advance(100_000)
    await expect(directory.find(digest)).rejects.toMatchObject({ reason: 'STORAGE_UNAVAILABLE' })
  })

  test('nothing holds where the operator wants it strict', async () => {
    const { stack, digest, directory, goDown } = await createDirectory({ outageServeMs: 0 })
    await directory.find(digest)
    goDown()
    stack.clock.advance(900)
    await expect(directory.find(digest)).rejects.toMatchObject({ reason: 'STORAGE_UNAVAILABLE' })
  })

  test('a key that ended meanwhile is over', async () => {
    const { stack, id, digest, directory, goDown } = await createDirectory()
    const inTwoSeconds = new Date(Date.now() + 2_000)
    await stack.db.transaction((tx) => updateServiceKey(tx, id, { expiresAt: inTwoSeconds }))
    await directory.find(digest)
    goDown()
    stack.clock.advance(inTwoSeconds.getTime() - stack.clock.now().getTime())
    await expect(directory.find(digest)).rejects.toMatchObject({ reason: 'STORAGE_UNAVAILABLE' })
  })

  test('it is asked twice a second, and read again before anything is served once it is back', async () => {
    const { stack, id, digest, directory, reads, goDown, comeBack } = await createDirectory()
    await directory.find(digest)
    await revokeKey(stack.db, { id, actor })
    goDown()
    stack.clock.advance(900)
    for (let asked = 0; asked < 20; asked++) await directory.find(digest)
    expect(reads()).toBe(2)

    comeBack()
    stack.clock.advance(500)
    expect(await directory.find(digest)).toBeUndefined()
  })

  test('it is asked at once when it is heard again', async () => {
    const { stack, id, digest, directory, hear, goDown, comeBack } = await createDirectory()
    await directory.find(digest)
    goDown()
    stack.clock.advance(900)
    expect(await directory.find(digest)).toBeDefined()

    comeBack()
    await revokeKey(stack.db, { id, actor })
    hear()
    expect(await directory.find(digest)).toBeUndefined()
  })
})

describe('keys and grants', () => {
  test('of a rotated key both are good for a while, then the new one alone', async () => {
    const { stack, id, digest, directory } = await createDirectory()
    const overlapUntil = new Date(Date.now() + hour)
    const expiresAt = new Date('2099-01-01')
    const { key } = await rotateKey(stack.db, { id, expiresAt, overlapUntil, actor })
    const newDigest = digestOfPresentedKey(key.reveal()) ?? ''

    expect(await directory.find(digest)).toMatchObject({ keyId: id, service: 'reports' })
    expect(await directory.find(newDigest)).toMatchObject({ service: 'reports', grants: [{ scopes: ['a'] }] })
    expect(await expiryOf(stack.db, id)).toEqual(overlapUntil)
    expect(await stack.audit()).toEqual(['service-key.created', 'service-key.rotated'])

    await revokeKey(stack.db, { id, actor })
    await expect(rotateKey(stack.db, { id, expiresAt, overlapUntil, actor })).rejects.toMatchObject({
      reason: 'INPUT_INVALID',
    })
  })

  test('an overlap makes no key live longer than it would', async () => {
    const { stack, id } = await createDirectory()
    const soon = new Date(Date.now() + hour)
    await stack.db.transaction((tx) => updateServiceKey(tx, id, { expiresAt: soon }))
    await rotateKey(stack.db, {
      ...{ id, actor },
      expiresAt: new Date('2099-01-01'),
      overlapUntil: new Date(Date.now() + 2 * hour),
    })
    expect(await expiryOf(stack.db, id)).toEqual(soon)
  })

  test('a grant that is set, replaced or removed counts at once, and leaves its row', async () => {
    const { stack, digest, directory, hear } = await createDirectory()
    const granted = async () => {
      hear()
      return (await directory.find(digest))?.grants.map(({ accountId, scopes }) => [accountId, ...scopes])
    }
    await grant(stack.db, ['a', 'b'], { service: 'reports', accountId: account, scopes: ['b'], actor })
    expect(await granted()).toEqual([[account, 'b']])
    await expect(
      grant(stack.db, ['a', 'b'], { service: 'reports', accountId: account, scopes: ['c'], actor }),
    ).rejects.toMatchObject({ reason: 'SCOPE_NOT_IN_MANIFEST' })
    await removeGrant(stack.db, { service: 'reports', accountId: account, actor })
    expect(await granted()).toEqual([])
    await expect(removeGrant(stack.db, { service: 'reports', accountId: account, actor })).rejects.toMatchObject({
      reason: 'NOT_FOUND',
    })
    expect(await stack.audit()).toEqual(['service-key.created', 'grant.set', 'grant.removed'])
  })

  test('a key that is not there can be neither rotated nor revoked', async () => {
    const { db } = await createStack()
    const id = '000000000000'
    await expect(revokeKey(db, { id, actor })).rejects.toMatchObject({ reason: 'NOT_FOUND' })
    const times = { expiresAt: new Date('2099-01-01'), overlapUntil: new Date('2099-01-01') }
    await expect(rotateKey(db, { id, ...times, actor })).rejects.toMatchObject({ reason: 'NOT_FOUND' })
  })
})
