import { expect, test } from 'vitest'
import { type AccountFacts, choosePostgresAccount } from './postgres-account.ts'

const root: AccountFacts = { uid: 0, platform: 'linux', owner: undefined, mayUseNamespace: async () => true }

test('whoever is not root runs PostgreSQL as himself', async () => {
  expect(await choosePostgresAccount({ ...root, uid: 1000 })).toEqual({ type: 'own' })
  expect(await choosePostgresAccount({ ...root, uid: undefined, platform: 'win32' })).toEqual({ type: 'own' })
})

test('root uses a user namespace, and nobody where that is refused', async () => {
  expect(await choosePostgresAccount(root)).toEqual({ type: 'namespace' })
  expect(await choosePostgresAccount({ ...root, mayUseNamespace: async () => false })).toEqual({
    type: 'other',
    uid: 65534,
    gid: 65534,
  })
})

test("root opens a user's cluster as that user", async () => {
  expect(await choosePostgresAccount({ ...root, owner: { uid: 1000, gid: 100 } })).toEqual({
    type: 'other',
    uid: 1000,
    gid: 100,
  })
})

test('root is told to be somebody else where neither way exists', async () => {
  await expect(choosePostgresAccount({ ...root, platform: 'darwin' })).rejects.toThrow(/another user.*DATABASE_URL/)
})
