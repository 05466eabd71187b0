import { describe, expect, test } from 'vitest'
import { prepareAccessStacks } from '../../test/access-stack.ts'
import { signAll } from '../../test/signed-rows.ts'
import { inTransaction } from '../context.ts'
import { findServiceByKey, findServiceByKeyId, setGrant } from './access-store.ts'
import { authenticate } from './authenticate.ts'
import { createKey } from './create-key.ts'
import { digestOfPresentedKey } from './service-key.ts'

const openStack = prepareAccessStacks()
const account = '11111111-1111-4111-8111-111111111111'
const otherAccount = '22222222-2222-4222-8222-222222222222'

const scopes = ['account.asset.view', 'account.site.view'].map((scope) => ({ scope, optional: false }))
const createStack = () => openStack({ app: { scopes } })
const arrival = { arrivedAtMs: 0, address: '192.0.2.1' }
const inAnHour = () => new Date(Date.now() + 3_600_000)
const wanted = () => ({
  service: 'reports',
  accountId: account,
  scopes: ['account.asset.view'],
  expiresAt: inAnHour(),
  actor: { kind: 'operator', id: 'test' } as const,
})

test('a new key names its service with what it was granted, and is stored nowhere', async () => {
  const stack = await createStack()
  const { id, key } = await createKey(stack.ctx, wanted())

  expect(await findServiceByKey(stack.ctx, digestOfPresentedKey(key.reveal())!)).toMatchObject({
    caller: { keyId: id, grants: [] }, // Those for one account are looked up for that account.
  })
  expect(await findServiceByKeyId(stack.ctx, id, account)).toEqual({
    expiresAt: expect.any(Date),
    caller: {
      kind: 'service',
      service: 'reports',
      keyId: id,
      mac: expect.any(String),
      grants: [{ accountId: account, scopes: ['account.asset.view'], mac: expect.any(String) }],
    },
  })
  const dump = await stack.dump()
  expect(dump).toContain(id)
  expect(dump).not.toContain(key.reveal())
  expect(dump).not.toContain(key.reveal().slice(24, 60))
  expect(await stack.audit()).toEqual(['service-key.created'])
})

test('a scope that is not in the manifest cannot be granted', async () => {
  const stack = await createStack()
  await expect(
    createKey(stack.ctx, { ...wanted(), scopes: ['account.asset.view', 'account.everything'] }),
  ).rejects.toMatchObject({ reason: 'SCOPE_NOT_IN_MANIFEST' })
  expect(await stack.audit()).toEqual([])
  expect(await stack.sql`select * from grants`).toEqual([])
})

test('a grant replaces the previous one on that account, and leaves the others', async () => {
  const stack = await createStack()
  const { id } = await createKey(stack.ctx, wanted())
  await inTransaction(stack.ctx, async (tx) => {
    await setGrant(tx, { service: 'reports', accountId: 'all', scopes: ['account.site.view'] })
    await setGrant(tx, { service: 'reports', accountId: account, scopes: [] })
    await setGrant(tx, { service: 'somebody-else', accountId: otherAccount, scopes: ['account.asset.view'] })
  })
  const service = await findServiceByKeyId(stack.ctx, id, account)
  expect([...service!.caller.grants].sort((left, right) => left.accountId.localeCompare(right.accountId))).toEqual([
    { accountId: account, scopes: [], mac: expect.any(String) },
    { accountId: 'all', scopes: ['account.site.view'], mac: expect.any(String) },
  ])
})

describe('invariant 18: who is let in', () => {
  test('a service with its key, and with nothing that resembles it', async () => {
    const stack = await createStack()
    const { key } = await createKey(stack.ctx, wanted())

    expect(await authenticate(stack.ctx, `Bearer ${key.reveal()}`, arrival)).toMatchObject({
      kind: 'service',
      service: 'reports',
    })
    expect(await authenticate(stack.ctx, `bearer ${key.reveal()}`, arrival)).toMatchObject({ kind: 'service' })
    for (const header of [
      undefined,
      '',
      key.reveal(),
      `Basic ${key.reveal()}`,
      `Bearer  ${key.reveal()}`,
      `Bearer ${key.reveal()} `,
      `Bearer ${key.reveal()}, Bearer ${key.reveal()}`,
      `Bearer ${key.reveal().slice(0, -1)}`,
      `Bearer ${key.reveal().toUpperCase()}`,
      'Bearer eyJhbGciOiJub25lIn0.e30.',
    ])
      await expect(authenticate(stack.ctx, header, arrival), header).rejects.toMatchObject({
        reason: 'UNAUTHENTICATED',
      })
  })

  test.each([
    ['expired', "expires_at = now() - interval '1 second'"],
    ['revoked', 'revoked_at = now()'],
  ])('no service by a key that is %s', async (_title, change) => {
    const stack = await createStack()
    const { key } = await createKey(stack.ctx, wanted())
    await stack.sql.unsafe(`update service_keys set ${change}`)
    await signAll(stack.sql)
    expect(await findServiceByKey(stack.ctx, digestOfPresentedKey(key.reveal())!)).toBeUndefined()
  })

  test('a service without a grant is known, but may do nothing', async () => {
    const stack = await createStack()
    const { key } = await createKey(stack.ctx, wanted())
    await stack.sql`delete from grants`
    expect(await findServiceByKey(stack.ctx, digestOfPresentedKey(key.reveal())!)).toMatchObject({
      caller: { grants: [] },
    })
  })
})
