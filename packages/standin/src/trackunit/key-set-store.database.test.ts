import { afterAll, expect, test } from 'vitest'
import { createPublishedKeys } from '../../test/published-keys.ts'
import { createSigningKey } from '../../test/signing-keys.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { openTestReplica } from '../../test/test-replica.ts'
import { createKeySet } from './key-set.ts'
import { createKeySetStore } from './key-set-store.ts'

const database = await createTestDatabase()
afterAll(database.drop)
const url = 'https://keys.example/jwks'

test('invariant 7: a replica that starts while the endpoint is down knows the keys that another had', async () => {
  const key = await createSigningKey('one')
  const published = createPublishedKeys(key.jwk)
  await using replica = openTestReplica(database, { fetch: published.fetch })
  const { ctx } = replica
  const store = createKeySetStore(ctx)
  const saved = Promise.withResolvers<void>()
  const noticed = { ...store, save: (...set: Parameters<typeof store.save>) => store.save(...set).then(saved.resolve) }
  const create = (given = store) => createKeySet(ctx, { url, cooldownMs: 30_000 }, given)
  const jws = await key.sign({})
  await create(noticed).verify(jws, 0)
  await saved.promise

  published.fail()
  ctx.clock.advance(3_600_000)

  expect(await create().verify(jws, 0)).toMatchObject({ outcome: 'verified' })
})

test('of two replicas, the one that fetched the keys last is trusted', async () => {
  await using replica = openTestReplica(database)
  await replica.sql`delete from key_sets`
  const store = createKeySetStore(replica.ctx)
  const at = (second: number) => new Date(Date.UTC(2025, 0, 1, 0, 0, second))
  await store.save(url, { keys: [{ kid: 'newer' }], fetchedAt: at(2) })
  await store.save(url, { keys: [{ kid: 'older' }], fetchedAt: at(1) })
  expect(await store.load(url)).toMatchObject({ keys: [{ kid: 'newer' }] })
  await store.save(url, { keys: [{ kid: 'newest' }], fetchedAt: at(3) })
  expect(await store.load(url)).toMatchObject({ keys: [{ kid: 'newest' }], fetchedAt: at(3) })
  expect(await store.load('https://other.example')).toBeUndefined()
})
