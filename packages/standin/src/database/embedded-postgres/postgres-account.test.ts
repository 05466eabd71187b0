import { expect, test } from 'vitest'
import { type AccountFacts, choosePostgresAccount } from './postgres-account.ts'

const root: AccountFacts = { uid: 0, platform: 'linux', owner: undefined, mayUseNamespace: async () => true }

test('users other than root run PostgreSQL under their own account', async () => {
  expect(await choosePostgresAccount({ ...root, uid: 1000 })).toEqual({ type: 'own' })
  expect(await choosePostgresAccount({ ...root, uid: undefined, platform: 'win32' })).toEqual({ type: 'own' })
})

test('root uses a user namespace, or the user “nobody” if that is refused', async () => {
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

test('root is told to use another account if neither is possible', async () => {
  await expect(choosePostgresAccount({ ...root, platform: 'darwin' })).rejects.toThrow(/another user.*DATABASE_URL/)
})
