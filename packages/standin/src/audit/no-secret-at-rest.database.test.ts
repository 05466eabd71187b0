import { expect, test } from 'vitest'
import {
  account,
  appId,
  installed,
  otherAccount,
  prepareCallbackStacks,
  refuses,
  uninstalled,
} from '../../test/callback-stack.ts'
import { storeToken } from '../../test/stored-tokens.ts'
import { createKey } from '../access/create-key.ts'
import { approveCredentials } from '../accounts/decide-credentials.ts'
import { confirmUninstall } from '../accounts/uninstall.ts'
import { Secret } from '../config/secret.ts'

const createStack = prepareCallbackStacks()

test('invariant 9 and 10: after a whole history no table holds a secret, a token or a key in any readable form', async () => {
  const stack = await createStack()
  const actor = { kind: 'operator', id: 'test' } as const
  const secrets = ['client-a', 'client-b', 'client-c', 'client-d'].map((name) => `s3cr3t-of-${name}`)

  await stack.send(installed('client-a'), { at: 1 })
  await stack.prover.proveDue()
  await stack.send(installed('client-b'), { at: 2, bound: false })
  await stack.prover.proveDue()
  await approveCredentials(stack.ctx, { accountId: account, generation: 2, actor })
  await stack.send(installed('client-b', { accountId: otherAccount }), { at: 3, claims: { accountId: otherAccount } })
  stack.clients.set('client-c', refuses)
  await stack.send(installed('client-c'), { at: 4 })
  stack.clock.advance(3_600_000)
  await stack.prover.proveDue()
  await stack.send({ ...installed('client-d'), type: 'ROTATED' })
  const accessToken = new Secret('4cc3ss-token')
  const binding = { account, app: appId, column: 'access-token', generation: 2 } as const
  await storeToken(stack.db, {
    accountId: account,
    scopeKey: 'a',
    generation: 2,
    sealedToken: await stack.vault.seal(accessToken, binding),
    fingerprint: 'f',
    lifetimeMs: 1,
    leftMs: 1,
  })
  const { key } = await createKey(stack.ctx, {
    service: 's',
    accountId: 'all',
    scopes: ['account.asset.view'],
    expiresAt: new Date(),
    actor,
  })
  const midway = await stack.dump()
  await stack.send(uninstalled())
  await confirmUninstall(stack.ctx, { accountId: account, actor: { kind: 'operator', id: 'test' } })
  const end = await stack.dump()

  expect(new Set((await stack.rows()).map(({ state }) => state))).toEqual(new Set(['uninstalled']))
  for (const dump of [midway, end]) {
    expect(dump).toContain('client-a') // So it is a dump.
    for (const secret of [...secrets, accessToken.reveal(), key.reveal()]) {
      for (const form of ['utf8', 'base64', 'base64url', 'hex'] as const) {
        const text = Buffer.from(secret).toString(form)
        expect(dump.toLowerCase()).not.toContain(text.toLowerCase())
      }
    }
  }
})
