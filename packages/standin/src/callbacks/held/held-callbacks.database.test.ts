import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import {
  account,
  appId,
  type CallbackStack,
  delivered,
  installed,
  otherAccount,
  prepareCallbackStacks,
  uninstalled,
} from '../../../test/callback-stack.ts'
import { createSigningKey } from '../../../test/signing-keys.ts'
import { probe } from '../../database/probe.ts'
import { identityDigest } from '../callback-identity.ts'
import { verifyUnverified } from '../unverified/verify-unverified.ts'
import { listHeld } from './held-callback-store.ts'
import { heldCallbacks } from './held-callback-table.ts'
import { releaseHeldCallback } from './release-held-callback.ts'

const createStack = prepareCallbackStacks()
const operator = { kind: 'operator', id: 'test' } as const
const later = await createSigningKey('marketplace-2')
const all = { limit: 9_999 }
/** The claims of an identity that is bound to the account. */
const ofAccount = { accountId: account, irisAppId: appId }

const identityOf = (stack: CallbackStack, claims: Record<string, unknown> = {}, key = stack.signingKey) => {
  const iat = Math.floor(stack.clock.now().getTime() / 1_000)
  return key.sign({ iat, exp: iat + 600, ...claims })
}
const deliver = (stack: CallbackStack, identity: string, body: unknown, change: object = {}) =>
  stack.receiveCallback({ ...delivered(identity, body, stack.clock), ...change }).then(
    ({ status }) => status as string,
    ({ reason }) => reason as string,
  )

describe('invariant 6: a verified callback that breaks a rule is held', () => {
  test('a callback that a wrong setting refused takes effect once the operator releases it', async () => {
    const stack = await createStack()
    stack.settings.audience = 'something-else'
    await expect(stack.send(installed('client-a'), { at: 1 })).rejects.toMatchObject({ reason: 'IDENTITY_MISMATCH' })
    await stack.prover.proveDue()
    expect(stack.exchanged).toEqual([])

    const [held] = await listHeld(stack.db, all)
    expect(await releaseHeldCallback(stack.ctx, { id: held!.id, actor: operator })).toEqual({
      status: 'accepted',
      accountId: account,
    })
    await stack.prover.proveDue()

    expect(await stack.rows()).toMatchObject([
      { state: 'active', clientId: 'client-a', bound: true, issuedAt: new Date(stack.clock.now().getTime() + 1_000) },
    ])
    expect(await listHeld(stack.db, all)).toEqual([])
    expect(await stack.audit()).toContain('callback.released')
    await expect(releaseHeldCallback(stack.ctx, { id: held!.id, actor: operator })).rejects.toMatchObject({
      reason: 'NOT_FOUND',
    })
  })

  test('a released one that names another account binds nothing, and replaces no working credentials', async () => {
    const stack = await createStack()
    await stack.send(installed('client-a'), { at: -10 })
    await stack.prover.proveDue()
    const identity = await identityOf(stack, { accountId: otherAccount })
    expect(await deliver(stack, identity, installed('client-b'))).toBe('IDENTITY_MISMATCH')

    const [held] = await listHeld(stack.db, all)
    await releaseHeldCallback(stack.ctx, { id: held!.id, actor: operator })
    stack.clock.advance(60_000)
    await stack.prover.proveDue()

    expect(await stack.rows()).toMatchObject([
      { state: 'active', clientId: 'client-a' },
      { state: 'awaiting-approval', clientId: 'client-b', bound: false },
    ])
  })

  test('a released one from the future does not outdate later ones', async () => {
    const stack = await createStack()
    const iat = Math.floor(stack.clock.now().getTime() / 1_000) + 80_000
    expect(await deliver(stack, await identityOf(stack, { iat, ...ofAccount }), installed('client-a'))).toBe(
      'IDENTITY_INVALID',
    )
    const [held] = await listHeld(stack.db, all)
    await releaseHeldCallback(stack.ctx, { id: held!.id, actor: operator })
    await stack.prover.proveDue()
    stack.clock.advance(120_000)

    expect(await stack.send(installed('client-b'))).toBe('accepted')
    await stack.prover.proveDue()

    expect(await stack.rows()).toMatchObject([{ state: 'superseded' }, { state: 'active', clientId: 'client-b' }])
  })

  test.each([
    ['another app’s', installed('client-a', { irisAppId: '@acme/other' }), 'IRIS_APP_UNKNOWN'],
    ['one that is no callback', { hello: 's3cr3t' }, 'CALLBACK_MALFORMED'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe]), 'CALLBACK_MALFORMED'],
  ])('no operator releases %s, and it stays', async (_title, body, reason) => {
    const stack = await createStack()
    expect(await deliver(stack, await identityOf(stack), body)).toBe(reason)
    const [held] = await listHeld(stack.db, all)
    await expect(releaseHeldCallback(stack.ctx, { id: held!.id, actor: operator })).rejects.toMatchObject({ reason })
    expect(await listHeld(stack.db, all)).toMatchObject([{ id: held!.id }])
  })

  test('one that was sent to a wrong path is held and does nothing', async () => {
    const stack = await createStack()
    const identity = await identityOf(stack, ofAccount)
    expect(await deliver(stack, identity, installed('client-a'), { refusedAs: 'NOT_FOUND' })).toBe('NOT_FOUND')
    expect(await deliver(stack, 'nonsense', installed('client-a'), { refusedAs: 'NOT_FOUND' })).toBe('NOT_FOUND')
    expect(await stack.rows()).toEqual([])
    expect(await listHeld(stack.db, all)).toMatchObject([{ state: 'held', reason: 'NOT_FOUND' }])
  })

  test('one with a wrong media type is held, and takes effect once it is released', async () => {
    const stack = await createStack()
    const refusedAs = 'UNSUPPORTED_MEDIA_TYPE'
    const identity = await identityOf(stack, ofAccount)
    expect(await deliver(stack, identity, installed('client-a'), { refusedAs })).toBe(refusedAs)
    expect(await stack.rows()).toEqual([])

    const [held] = await listHeld(stack.db, all)
    expect(held).toMatchObject({ state: 'held', reason: refusedAs })
    await releaseHeldCallback(stack.ctx, { id: held!.id, actor: operator })
    await stack.prover.proveDue()
    expect(await stack.rows()).toMatchObject([{ state: 'active', bound: true }])
  })

  test('a forged one is not kept', async () => {
    const stack = await createStack()
    const forged = await identityOf(stack, {}, await createSigningKey('marketplace-1'))
    for (let index = 0; index < 50; index++)
      expect(await deliver(stack, forged, installed(`client-${index}`))).toBe('IDENTITY_INVALID')
    expect(await listHeld(stack.db, all)).toEqual([])
  })

  test('at most twenty are held under one JWT, the same body once', async () => {
    const stack = await createStack()
    const identity = await identityOf(stack, { accountId: otherAccount })
    for (let index = 0; index < 30; index++) {
      expect(await deliver(stack, identity, installed(`client-${index}`))).toBe('IDENTITY_MISMATCH')
      expect(await deliver(stack, identity, installed('client-0'))).toBe('IDENTITY_MISMATCH')
    }
    expect(await listHeld(stack.db, all)).toHaveLength(20)
  })

  test('no more than twenty, even if they arrive at the same time', async () => {
    const stack = await createStack()
    const identity = await identityOf(stack, { accountId: otherAccount })
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => deliver(stack, identity, installed(`client-${index >> 1}`))),
    )
    const more = await Promise.all(
      Array.from({ length: 20 }, (_, index) => deliver(stack, identity, installed(`client-x${index}`))),
    )
    expect(new Set([...answers, ...more])).toEqual(new Set(['IDENTITY_MISMATCH']))
    expect(await listHeld(stack.db, all)).toHaveLength(20)
  })

  test('a different encoding of the signature is the same JWT', async () => {
    const stack = await createStack()
    const identity = await identityOf(stack, { accountId: otherAccount })
    const last = identity.at(-1) ?? ''
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const same = `${identity.slice(0, -1)}${alphabet[alphabet.indexOf(last) ^ 1]}`
    expect(await deliver(stack, same, installed('client-a'))).toBe('IDENTITY_MISMATCH')
    expect(await deliver(stack, identity, installed('client-a'))).toBe('IDENTITY_MISMATCH')
    expect(await listHeld(stack.db, all)).toHaveLength(1)
  })

  test('fifty JWTs of an attacker do not push out a genuine one', async () => {
    const stack = await createStack()
    const genuine = await identityOf(stack, { iss: 'genuine', aud: '@acme/other' })
    expect(await deliver(stack, genuine, installed('genuine'))).toBe('IDENTITY_MISMATCH')
    await fillWith(stack, { identities: 50, each: 20 })
    const late = await identityOf(stack, { iss: 'genuine too', aud: '@acme/other' })
    stack.clock.advance(60_000)
    expect(await deliver(stack, late, installed('genuine too'))).toBe('IDENTITY_MISMATCH')
    const attack = await identityOf(stack, { iss: 'attack', accountId: otherAccount })
    for (let index = 0; index < 20; index++) await deliver(stack, attack, installed(`attack-${index}`))

    const rows = await listHeld(stack.db, all)
    expect(rows).toHaveLength(1_000)
    expect(rows.filter(({ address }) => address === '192.0.2.1').length).toBeGreaterThanOrEqual(2)
    const opened = await Promise.all([genuine, late].map((jwt) => isHeld(stack, jwt)))
    expect(opened).toEqual([true, true])
  })

  test('after thirty days it is deleted', async () => {
    const stack = await createStack()
    const old = await identityOf(stack, { aud: '@acme/other' })
    await deliver(stack, old, installed('client-a'))
    stack.clock.advance(30 * 86_400_000 + 1)
    await deliver(stack, await identityOf(stack, { aud: '@acme/other' }), installed('client-b'))
    expect(await listHeld(stack.db, all)).toHaveLength(1)
    expect(await isHeld(stack, old)).toBe(false)
  })

  test('nothing is refused for good if it could not be kept', async () => {
    const stack = await createStack()
    const identity = await identityOf(stack, { accountId: otherAccount })
    await stack.db.execute(sql`alter table held_callbacks rename to held_elsewhere`)
    try {
      await expect(stack.receiveCallback(delivered(identity, installed('a'), stack.clock))).rejects.not.toMatchObject({
        reason: 'IDENTITY_MISMATCH',
      })
    } finally {
      await stack.db.execute(sql`alter table held_elsewhere rename to held_callbacks`)
    }
  })
})

describe('invariant 6: a callback that cannot be verified yet takes effect as soon as it can be', () => {
  test.each(['of its own', 'that another key had'])(
    'the first callback under a new key with an id %s takes effect without a redelivery',
    async (id) => {
      const stack = await createStack()
      await stack.send(installed('client-a'), { at: 1 })
      const kid = id === 'of its own' ? 'marketplace-2' : (stack.signingKey.jwk.kid ?? '')
      stack.published.publish(...(kid === 'marketplace-2' ? [stack.signingKey.jwk] : []), { ...later.jwk, kid })
      stack.clock.advance(10_000)
      const iat = Math.floor(stack.clock.now().getTime() / 1_000)
      const identity = await later.sign({ iat, exp: iat + 600, ...ofAccount, accountId: otherAccount }, { kid })
      const body = installed('client-b', { accountId: otherAccount })
      expect(await deliver(stack, identity, body)).toBe('KEYS_UNAVAILABLE')
      expect(await stack.dump()).not.toContain('s3cr3t')

      await verifyUnverified(stack.ctx)
      expect(await stack.rows(otherAccount)).toEqual([])
      stack.clock.advance(20_000)
      await verifyUnverified(stack.ctx)

      expect(stack.published.requests).toBe(2)
      expect(await stack.rows(otherAccount)).toMatchObject([{ clientId: 'client-b', state: 'pending', bound: true }])
      expect(await listHeld(stack.db, all)).toEqual([])
      expect(await deliver(stack, identity, body)).toBe('duplicate')
    },
  )

  test('its times are judged as of its arrival, even if it has expired when the keys come back', async () => {
    const stack = await createStack()
    stack.published.fail()
    expect(await deliver(stack, await identityOf(stack), installed('client-a'))).toBe('KEYS_UNAVAILABLE')
    stack.clock.advance(6 * 3_600_000)
    stack.published.publish(stack.signingKey.jwk)
    await verifyUnverified(stack.ctx)
    expect(await stack.rows()).toMatchObject([{ clientId: 'client-a', state: 'pending' }])
  })

  test('one that no key signed is deleted and counted at the next fetch', async () => {
    const stack = await createStack()
    await stack.send(installed('client-a'), { at: 1 })
    stack.clock.advance(10_000)
    expect(await deliver(stack, await identityOf(stack, {}, later), installed('client-b'))).toBe('KEYS_UNAVAILABLE')
    stack.clock.advance(20_000)
    await verifyUnverified(stack.ctx)
    expect(await listHeld(stack.db, all)).toEqual([])
    expect(await stack.rows()).toHaveLength(1)
  })

  test('one that breaks a rule is held then', async () => {
    const stack = await createStack()
    stack.published.fail()
    const identity = await identityOf(stack, { accountId: otherAccount })
    await deliver(stack, identity, installed('client-a'))
    const atWrongPath = deliver(stack, await identityOf(stack), installed('client-b'), { refusedAs: 'NOT_FOUND' })
    expect(await atWrongPath).toBe('NOT_FOUND')
    stack.published.publish(stack.signingKey.jwk)
    stack.clock.advance(30_000)
    await verifyUnverified(stack.ctx)
    const rows = await listHeld(stack.db, all)
    expect(rows.map(({ state, reason }) => `${state} ${reason}`).sort()).toEqual([
      'held IDENTITY_MISMATCH',
      'held NOT_FOUND',
    ])
    expect(await stack.rows()).toEqual([])
  })

  test('an unverified one cannot be released', async () => {
    const stack = await createStack()
    stack.published.fail()
    await deliver(stack, await identityOf(stack), installed('client-a'))
    const [row] = await listHeld(stack.db, all)
    await expect(releaseHeldCallback(stack.ctx, { id: row!.id, actor: operator })).rejects.toMatchObject({
      reason: 'INPUT_INVALID',
    })
  })

  test('after a day without keys it is deleted', async () => {
    const stack = await createStack()
    stack.published.fail()
    await deliver(stack, await identityOf(stack), installed('client-a'))
    stack.clock.advance(86_400_001)
    stack.published.publish(stack.signingKey.jwk)
    await verifyUnverified(stack.ctx)
    expect(await listHeld(stack.db, all)).toEqual([])
    expect(await stack.rows()).toEqual([])
  })

  test('a flood of random key ids from one address leaves room for another', async () => {
    const stack = await createStack()
    await stack.send(installed('client-a'), { at: 1 })
    stack.published.publish(stack.signingKey.jwk, later.jwk)
    stack.clock.advance(1_000)
    const flood = async (from: number) => {
      for (let index = from; index < from + 205; index++) {
        const forged = await later.sign({ n: index }, { kid: `random-${index}` })
        expect(await deliver(stack, forged, { n: index }, { address: '203.0.113.9' })).toBe('KEYS_UNAVAILABLE')
      }
    }
    await flood(0)
    const genuine = await identityOf(stack, { accountId: otherAccount }, later)
    await deliver(stack, genuine, installed('client-b', { accountId: otherAccount }))
    stack.clock.advance(1_000)
    await flood(1_000)
    expect(await listHeld(stack.db, all)).toHaveLength(200)

    stack.clock.advance(28_000)
    await verifyUnverified(stack.ctx)
    expect(stack.published.requests).toBe(2)
    expect(await stack.rows(otherAccount)).toMatchObject([{ clientId: 'client-b' }])
    expect(await listHeld(stack.db, all)).toEqual([])
  })
})

describe('the quota of one JWT', () => {
  test('twenty different callbacks of one account; the rest is refused and held', async () => {
    const stack = await createStack()
    const identity = await identityOf(stack)
    const answers: string[] = []
    for (let index = 0; index < 30; index++) answers.push(await deliver(stack, identity, installed(`client-${index}`)))
    expect(answers.filter((answer) => answer === 'accepted')).toHaveLength(20)
    expect(answers.slice(20)).toEqual(Array(10).fill('RATE_LIMITED'))
    expect(await stack.rows()).toHaveLength(20)
    expect(await listHeld(stack.db, all)).toHaveLength(10)
    expect(await deliver(stack, identity, installed('client-0'))).toBe('duplicate')
    expect(await deliver(stack, await identityOf(stack, { n: 1 }), installed('client-99'))).toBe('accepted')
  })

  test('twenty of a type without effect', async () => {
    const stack = await createStack()
    const identity = await identityOf(stack)
    const answers: string[] = []
    for (let index = 0; index < 22; index++) {
      const accountId = `00000000-0000-4000-8000-0000000000${String(index).padStart(2, '0')}`
      answers.push(await deliver(stack, identity, { type: 'OTHER', irisAppId: appId, accountId, n: index }))
    }
    expect(answers.slice(18)).toEqual(['ignored', 'ignored', 'RATE_LIMITED', 'RATE_LIMITED'])
  })

  test('five thousand installs of different accounts, as in one signed batch', async () => {
    const stack = await createStack()
    const identity = await identityOf(stack)
    await deliver(stack, identity, installed('client-a'))
    await stack.db.execute(sql`
      insert into callback_identities (identity_digest, account_id, content_digest, issued_at)
      select identity_digest, gen_random_uuid(), n::text, issued_at from callback_identities, generate_series(1, 4998) n`)
    const next = (accountId: string) => deliver(stack, identity, installed('client-b', { accountId }))
    expect(await next(otherAccount)).toBe('accepted')
    expect(await next('33333333-3333-4333-8333-333333333333')).toBe('RATE_LIMITED')
    expect(await deliver(stack, identity, uninstalled())).toBe('RATE_LIMITED')
  })

  test('while twenty thousand wait for their proof, a JWT with few callbacks is still accepted', async () => {
    const stack = await createStack()
    await stack.db.execute(sql`
      insert into credentials (account_id, generation, app_id, client_id, state, issued_at, tie_break, bound, next_attempt_at)
      select gen_random_uuid(), 1, 'app', 'client', 'pending', now(), '', false, now() from generate_series(1, 20000)`)
    const identity = await identityOf(stack)
    const answers: string[] = []
    for (let index = 10; index < 32; index++)
      answers.push(
        await deliver(
          stack,
          identity,
          installed('client', { accountId: `00000000-0000-4000-8000-0000000000${index}` }),
        ),
      )
    expect(answers.slice(18)).toEqual(['accepted', 'accepted', 'OVERLOADED', 'OVERLOADED'])
    expect(await listHeld(stack.db, all)).toHaveLength(2)
  })
})

/** As many held rows as so many JWTs may bring, without the time that so many requests take. */
async function fillWith(stack: CallbackStack, { identities, each }: { identities: number; each: number }) {
  await stack.db.insert(heldCallbacks).values(
    Array.from({ length: identities * each }, (_, index) => ({
      id: crypto.randomUUID(),
      state: 'held' as const,
      reason: 'IDENTITY_MISMATCH' as const,
      identityDigest: `attack-${index % identities}`,
      contentDigest: String(index),
      address: `198.51.${index >> 8}.${index % 256}`, // A thousand of them: it is the JWT that counts.
      receivedAt: new Date(stack.clock.now().getTime() + index),
      sealed: 'sealed',
    })),
  )
}

async function isHeld(stack: CallbackStack, jwt: string): Promise<boolean> {
  return (await listHeld(stack.db, all)).some((row) => row.identityDigest === identityDigest(jwt))
}

test('while callbacks are being held, the database is not taken for one that commits nothing', async () => {
  const stack = await createStack()
  stack.settings.audience = 'something-else'
  await using other = stack.connectAgain()
  const holding = Promise.withResolvers<void>()
  const blocked = Promise.withResolvers<void>()
  const blocking = other.sql.begin(async (sql) => {
    await sql`lock table held_callbacks in exclusive mode`
    blocked.resolve()
    await holding.promise
  })
  await blocked.promise
  const sent = stack.send(installed('client-a'), { at: 1 }).catch(() => {})
  await expect
    .poll(() => other.sql`select 1 from pg_locks where not granted and relation = 'held_callbacks'::regclass`)
    .toHaveLength(1)

  const answer = await probe(other.sql, stack.clock, AbortSignal.timeout(5_000)).then(
    () => 'commits',
    () => 'does not commit',
  )

  holding.resolve()
  await Promise.all([blocking, sent])
  expect(answer).toBe('commits')
})
