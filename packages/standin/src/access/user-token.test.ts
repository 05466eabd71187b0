import { describe, expect, test } from 'vitest'
import { createBareContext } from '../../test/bare-context.ts'
import { createPublishedKeys } from '../../test/published-keys.ts'
import { createSigningKey } from '../../test/signing-keys.ts'
import type { Config } from '../config/config.ts'
import { createKeySet } from '../trackunit/key-set.ts'
import { createAccessMemory } from './access-context.ts'
import { verifyUserToken } from './user-token.ts'

const account = 'ABCDEF01-0000-0000-0000-00000000000F'
const published = createPublishedKeys()
const bare = createBareContext({ fetch: published.fetch, app: { id: '@acme/fleet' } })
const { clock } = bare
const nowS = clock.now().getTime() / 1_000
const manager = await createSigningKey('manager')
const marketplace = await createSigningKey('marketplace')
published.publish(manager.jwk)
const keys = createKeySet(bare, { url: 'https://keys.example', cooldownMs: 30_000 })
const policy: NonNullable<Config['userTokens']> = {
  issuer: 'https://manager.example',
  jwksUrl: 'https://keys.example',
  jwksCooldownMs: 30_000,
  audience: 'api',
  appClaim: 'app',
  accountClaim: 'account',
  userClaim: 'sub',
  emailClaim: 'email',
  scopeClaim: 'scp',
  administratorScopes: undefined,
}
const contextOf = (changed: Partial<typeof policy> = {}, userKeys = keys) => ({
  ...bare,
  config: { ...bare.config, userTokens: { ...policy, ...changed } },
  access: { ...createAccessMemory(bare), userKeys },
})
const good = {
  iss: policy.issuer,
  aud: ['api', 'other'],
  app: bare.config.app.id,
  account,
  sub: 'user-1',
  scp: ['read', 'write'],
  name: 'Ada',
  exp: nowS + 60,
}
const verify = async (
  change: Record<string, unknown>,
  { signer = manager, ...changed }: Partial<typeof policy> & { signer?: typeof manager } = {},
) => verifyUserToken(contextOf(changed), await signer.sign({ ...good, ...change }), clock.monotonicMs())

test('a user’s token says who, for which account, with which scopes and until when', async () => {
  expect(await verify({})).toEqual({
    kind: 'user',
    id: 'user-1',
    name: 'Ada',
    accountId: account.toLowerCase(),
    scopes: ['read', 'write'],
    expiresAt: new Date((nowS + 60) * 1_000),
  })
})

test('accepted users are noted with their rights, refused ones are not', async () => {
  const ctx = contextOf()
  await verifyUserToken(ctx, await manager.sign(good), clock.monotonicMs())
  await expect(verifyUserToken(ctx, await manager.sign({ ...good, app: 'other' }), 0)).rejects.toThrow('')
  expect(ctx.access.seenUsers.take()).toMatchObject([{ id: 'user-1', scopes: ['read', 'write'] }])
})

test.for<[string, Record<string, unknown>, string | undefined]>([
  ['names it', { email: 'ada@example.com' }, 'ada@example.com'],
  ['says that it was not verified', { email: 'ada@example.com', email_verified: false }, undefined],
  ['names something else', { email: 'ada' }, undefined],
  ['names none', {}, undefined],
])('a user has an own address where the token %s', async ([, claims, email]) => {
  expect((await verify(claims)).email).toBe(email)
})

describe('invariant 24: tokens that are refused', () => {
  test.each<[string, Record<string, unknown>]>([
    ['another issuer’s', { iss: 'https://manager.example/' }],
    ['nobody’s', { iss: undefined }],
    ['another app’s, by its claim', { app: '@acme/other' }],
    ['another app’s among which is this', { app: ['@acme/fleet'] }],
    ['no app’s', { app: undefined }],
    ['one for another audience', { aud: 'apis' }],
    ['one for no audience', { aud: undefined }],
    ['one that has expired', { exp: nowS }],
    ['one that never expires', { exp: undefined }],
    ['one whose end no date holds', { exp: 1e300 }],
    ['one that is not yet good', { nbf: nowS + 61 }],
    ['one without an account', { account: undefined }],
    ['one with something else as account', { account: 'acme' }],
    ['one with several accounts', { account: [account] }],
    ['one without a user', { sub: undefined }],
    ['one with an empty user', { sub: '' }],
    ['one whose user is no text', { sub: 42 }],
  ])('%s', async (_title, change) => {
    await expect(verify(change)).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' })
  })

  test('signed by the marketplace, or not at all', async () => {
    await expect(verify({}, { signer: marketplace })).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' })
    await expect(verifyUserToken(contextOf(), 'nonsense', 0)).rejects.toMatchObject({
      reason: 'UNAUTHENTICATED',
    })
  })

  test('a token without claims', async () => {
    const jwt = await manager.sign('[]')
    await expect(verifyUserToken(contextOf(), jwt, 0)).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' })
  })
})

test('audience and app are checked only if they are configured', async () => {
  expect(await verify({ aud: undefined }, { audience: undefined })).toMatchObject({ id: 'user-1' })
  expect(await verify({ app: undefined }, { appClaim: undefined })).toMatchObject({ id: 'user-1' })
})

test.each<[string, unknown, string[]]>([
  ['a list', ['read', 'write'], ['read', 'write']],
  ['one text with spaces', 'read  write', ['read', 'write']],
  ['an empty text', '', []],
  ['a list with other things in it', ['read', 1, null], ['read']],
  ['nothing', undefined, []],
  ['a record', { read: true }, []],
])('scopes as %s', async (_title, scp, scopes) => {
  expect(await verify({ scp })).toMatchObject({ scopes })
})

test('without a scope claim, the user’s scopes are unknown', async () => {
  expect((await verify({}, { scopeClaim: undefined })).scopes).toBeUndefined()
})

test.each(['u'.repeat(201), 'u\0', 'u\n', 'u\ud800', 42])(
  'a user whose id cannot be stored unchanged is refused: %j',
  async (sub) => {
    await expect(verify({ sub })).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' })
  },
)

test.each([42, 'n'.repeat(201), 'n\0'])('the name %j is ignored', async (name) => {
  expect(await verify({ name })).toMatchObject({ name: null })
})

test('invariant 7: while the keys cannot be fetched, a user is told to retry', async () => {
  const none = createPublishedKeys()
  const noKeys = createKeySet({ ...bare, fetch: none.fetch }, { url: 'https://k.example', cooldownMs: 30_000 })
  const jwt = await manager.sign(good)
  await expect(verifyUserToken(contextOf({}, noKeys), jwt, 0)).rejects.toMatchObject({
    reason: 'KEYS_UNAVAILABLE',
    retryAfterMs: 30_000,
  })
})
