import { sql } from 'drizzle-orm'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  account,
  type CallbackStack,
  delivered,
  installed,
  isDown,
  otherAccount,
  prepareCallbackStacks,
  refuses,
  works,
} from '../../test/callback-stack.ts'
import { patiently } from '../../test/patiently.ts'
import type { ClientAnswer } from '../../test/played-clients.ts'
import { inTransaction } from '../context.ts'
import { createListener } from '../database/listen.ts'
import { lockClient, moveCredentials } from './account-store.ts'
import { findCredentialsInForce } from './credentials-in-force.ts'
import { approveCredentials } from './decide-credentials.ts'
import { claimDueCredentials, isBulkInstall, oldestDueProofS } from './due-credential-store.ts'
import { parkCredentials } from './park-credentials.ts'
import { proveDueCredentials } from './prove-credentials.ts'

const createStack = prepareCallbackStacks()

const operator = { kind: 'operator', id: 'test' } as const
const minute = 60_000

/** An account whose first credentials are in force. */
async function withActive(stack: CallbackStack, clientId = 'client-a'): Promise<void> {
  await stack.send(installed(clientId), { at: 1 })
  await proveDueCredentials(stack.ctx)
}
const states = async (stack: CallbackStack, accountId?: string) =>
  (await stack.rows(accountId)).map(({ state }) => state)
const inForce = async (stack: CallbackStack, accountId = account) =>
  (await findCredentialsInForce(stack.ctx, accountId)).clientId

/** An exchange that does not answer until the test says so. */
function heldExchange() {
  const { promise, resolve } = Promise.withResolvers<ClientAnswer>()
  const begun = Promise.withResolvers<void>()
  const behaviour = () => {
    begun.resolve()
    return promise
  }
  return { behaviour, begun: begun.promise, answer: resolve }
}

describe('invariant 3: no unproven body replaces working credentials', () => {
  test('the old ones serve until the new ones have worked, and are kept afterwards', async () => {
    const stack = await createStack()
    await withActive(stack)

    await stack.send(installed('client-b'), { at: 2 })
    expect(await inForce(stack)).toBe('client-a')
    await proveDueCredentials(stack.ctx)

    expect(await inForce(stack)).toBe('client-b')
    expect(await stack.rows()).toMatchObject([
      { state: 'superseded', sealedSecret: expect.any(String) },
      { state: 'active' },
    ])
    expect(await stack.audit()).toEqual([
      'credentials.received',
      'credentials.proven',
      'credentials.received',
      'credentials.proven',
    ])
  })

  test.each([
    ['refused', refuses],
    ['unanswered', isDown],
  ])('new ones that are %s never replace the old ones', async (_title, behaviour) => {
    const stack = await createStack()
    await withActive(stack)
    stack.clients.set('client-b', behaviour)

    await stack.send(installed('client-b'), { at: 2 })
    stack.clock.advance(60 * minute)
    await proveDueCredentials(stack.ctx)
    await proveDueCredentials(stack.ctx)

    expect(await inForce(stack)).toBe('client-a')
  })

  test('the same client id with another secret is not the same credentials', async () => {
    const stack = await createStack()
    await withActive(stack)
    expect(await stack.send(installed('client-a', { clientSecret: 's3cr3t-new' }), { at: 2 })).toBe('accepted')
    expect(await states(stack)).toEqual(['active', 'pending'])
  })

  test('a late refusal does not park credentials that another replica has proven since', async () => {
    const stack = await createStack()
    const late = heldExchange()
    stack.clients.set('client-a', late.behaviour)
    await stack.send(installed('client-a'), { at: 1 })
    stack.clock.advance(60 * minute)
    const slow = proveDueCredentials(stack.ctx)
    await late.begun
    stack.clients.set('client-a', works())
    await stack.connection.sql`update credentials set next_attempt_at = now() - interval '1 second'` // Its hold ran out.
    await proveDueCredentials(stack.ctx)

    late.answer(refuses)
    await slow

    expect(await stack.rows()).toMatchObject([{ state: 'active', nextAttemptAt: null, reason: null }])
    expect(await stack.audit()).toEqual(['credentials.received', 'credentials.proven'])
  })

  test('credentials count from when they were due, for the metrics, until they are proven', async () => {
    const stack = await createStack()
    await stack.send(installed('client-a'), { at: 1 })
    await stack.connection.sql`update credentials set next_attempt_at = now() - interval '40 seconds'`
    expect(await oldestDueProofS(stack.db)).toBeGreaterThanOrEqual(40)
    await proveDueCredentials(stack.ctx)
    expect(await oldestDueProofS(stack.db)).toBe(0)
  })

  test('a late success does not bring back credentials that were rejected since', async () => {
    const stack = await createStack()
    const late = heldExchange()
    stack.clients.set('client-a', late.behaviour)
    await stack.send(installed('client-a'), { at: 1 })
    stack.clock.advance(60 * minute)
    const slow = proveDueCredentials(stack.ctx)
    await late.begun
    stack.clients.set('client-a', refuses)
    await stack.connection.sql`update credentials set next_attempt_at = now() - interval '1 second'`
    await proveDueCredentials(stack.ctx)

    late.answer(works())
    await slow

    expect(await states(stack)).toEqual(['rejected'])
    expect(await stack.installation()).toMatchObject({ activeGeneration: null })
  })

  test('older credentials whose proof ends after newer ones took over are superseded', async () => {
    const stack = await createStack()
    const late = heldExchange()
    stack.clients.set('client-a', late.behaviour)
    await stack.send(installed('client-a'), { at: 1 })
    const slow = proveDueCredentials(stack.ctx)
    await late.begun
    await stack.send(installed('client-b'), { at: 2 })
    await proveDueCredentials(stack.ctx)

    late.answer(works())
    await slow

    expect(await states(stack)).toEqual(['superseded', 'active'])
    expect(await inForce(stack)).toBe('client-b')
  })

  test('credentials in force that were sent again since are newer than the ones just proven', async () => {
    const stack = await createStack()
    await withActive(stack)
    const late = heldExchange()
    stack.clients.set('client-b', late.behaviour)
    await stack.send(installed('client-b'), { at: 2 })
    const slow = proveDueCredentials(stack.ctx)
    await late.begun
    await stack.send(installed('client-a'), { at: 3 })

    late.answer(works())
    await slow

    expect(await states(stack)).toEqual(['active', 'superseded'])
  })

  test('older ones never replace newer proven ones, even if those are parked now', async () => {
    const stack = await createStack()
    await stack.send(installed('client-b'), { at: 5 })
    await proveDueCredentials(stack.ctx)
    stack.clients.set('client-b', refuses)
    await parkCredentials(stack.ctx, { accountId: account, generation: 1 })

    await stack.send(installed('client-a'), { at: 3 })
    await proveDueCredentials(stack.ctx)

    expect(await states(stack)).toEqual(['parked', 'superseded'])
    expect(await inForce(stack)).toBe('client-b')
  })

  test('a prover skips what another has claimed, without waiting', async () => {
    const stack = await createStack()
    await using replica = stack.connectAgain()
    await stack.send(installed('client-a'), { at: 1 })

    await replica.db.transaction(async (tx) => {
      expect(await claimDueCredentials(tx, { limit: 8, holdMs: 60_000 })).toHaveLength(1)
      expect(await proveDueCredentials(stack.ctx)).toBe(false) // While the other’s statement is not yet committed,
    })
    await proveDueCredentials(stack.ctx) // and after that.

    expect(stack.exchanged).toEqual([])
    expect(await stack.rows()).toMatchObject([{ state: 'pending', attempts: 1 }])
  })

  test('claims of a dead replica are due at once; those of a live one are skipped', async () => {
    const stack = await createStack()
    const living = createListener(stack.url)
    onTestFinished(living.close)
    await living.on('run_event', () => {})
    await stack.send(installed('client-a'), { at: 1 })
    await claimDueCredentials(stack.db, { limit: 8, holdMs: 60_000, replicaId: living.replica.id() })
    await proveDueCredentials(stack.ctx)
    expect(await states(stack)).toEqual(['pending'])

    await living.close()
    await expect
      .poll(async () => {
        await proveDueCredentials(stack.ctx)
        return states(stack)
      })
      .toEqual(['active'])
  })

  test('an unfinished attempt of a dead replica does not count as a refusal', async () => {
    const stack = await createStack()
    await withActive(stack)
    stack.clients.set('client-a', refuses)
    await parkCredentials(stack.ctx, { accountId: account, generation: 1 })
    for (const replicaId of [901, 902, 903]) await claimDueCredentials(stack.db, { limit: 8, holdMs: 0, replicaId })

    await proveDueCredentials(stack.ctx)

    expect(await stack.rows()).toMatchObject([{ state: 'parked', attempts: 1 }])
  })

  test('an unfinished claim is due again after its hold', async () => {
    const stack = await createStack()
    await stack.send(installed('client-a'), { at: 1 })
    await claimDueCredentials(stack.db, { limit: 8, holdMs: 0 })
    await proveDueCredentials(stack.ctx)
    expect(await states(stack)).toEqual(['active'])
  })
})

describe('invariant 4: credentials serve only the account they belong to', () => {
  test('a client id that serves another account is quarantined when it arrives', async () => {
    const stack = await createStack()
    await withActive(stack)

    expect(
      await stack.send(installed('client-a', { accountId: otherAccount }), {
        at: 2,
        claims: { accountId: otherAccount },
      }),
    ).toBe('accepted')
    await proveDueCredentials(stack.ctx)

    expect(await stack.rows(otherAccount)).toMatchObject([{ state: 'quarantined', reason: 'CREDENTIALS_QUARANTINED' }])
    expect(stack.exchanged).toEqual(['client-a'])
    await expect(findCredentialsInForce(stack.ctx, otherAccount)).rejects.toMatchObject({
      reason: 'CREDENTIALS_QUARANTINED',
    })
    expect(await inForce(stack)).toBe('client-a')
  })

  test('when two accounts prove the same client id at once, on two replicas, only one is served', async () => {
    const stack = await createStack()
    await using replica = stack.connectAgain()
    for (const accountId of [account, otherAccount])
      await stack.send(installed('client-a', { accountId }), { at: 1, claims: { accountId } })
    await stack.connection.sql`update credentials set next_attempt_at = null where account_id = ${otherAccount}`
    const [row] = await stack.rows(otherAccount)

    // Another replica is in the middle of it.
    const proving = await inTransaction({ ...stack.ctx, db: replica.db }, async (tx) => {
      await lockClient(tx.db, 'client-a')
      await moveCredentials(tx, row!, 'proven', { provenAt: new Date() })
      const here = proveDueCredentials(stack.ctx)
      const isBlocked = vi.waitUntil(async () => {
        return (await replica.sql`select from pg_locks where not granted`).length > 0
      }, patiently)
      await Promise.race([here, isBlocked])
      return { here }
    })
    await proving.here

    expect(await states(stack, otherAccount)).toEqual(['active'])
    expect(await states(stack)).toEqual(['quarantined'])
  })

  test('a token that names another account quarantines the credentials', async () => {
    const stack = await createStack({ TRACKUNIT_ACCOUNT_CLAIM: 'account' })
    stack.clients.set('client-a', works({ account: otherAccount }))
    await stack.send(installed('client-a'), { at: 1 })
    await proveDueCredentials(stack.ctx)
    expect(await states(stack)).toEqual(['quarantined'])
    expect(await stack.audit()).toEqual(['credentials.received', 'credentials.quarantined'])
  })

  test('a token that names this account, in upper case too, binds the credentials', async () => {
    const stack = await createStack({ TRACKUNIT_ACCOUNT_CLAIM: 'account' })
    stack.clients.set('client-a', works({ account }))
    stack.clients.set('client-b', works({ account: account.toUpperCase() }))
    await withActive(stack)
    await stack.send(installed('client-b'), { at: 2, bound: false })
    await proveDueCredentials(stack.ctx)
    expect(await inForce(stack)).toBe('client-b')
  })

  test.each(['123', null, undefined, [account]])(
    'a token whose account claim is %j serves no account',
    async (claim) => {
      const stack = await createStack({ TRACKUNIT_ACCOUNT_CLAIM: 'account' })
      stack.clients.set('client-a', works({ account: claim }))
      await stack.send(installed('client-a'), { at: 1 })
      await proveDueCredentials(stack.ctx)
      expect(await states(stack)).toEqual(['quarantined'])
    },
  )
})

describe('invariant 5: a re-install that nothing binds waits for approval', () => {
  test('it does not serve until it is approved, then at once', async () => {
    const stack = await createStack()
    await withActive(stack)
    await stack.send(installed('client-b'), { at: 2, bound: false })
    await proveDueCredentials(stack.ctx)
    expect(await states(stack)).toEqual(['active', 'awaiting-approval'])
    expect(await inForce(stack)).toBe('client-a')

    await approveCredentials(stack.ctx, { accountId: account, generation: 2, actor: operator })

    expect(await stack.rows()).toMatchObject([{ state: 'superseded' }, { state: 'active', reason: null }])
    expect(await stack.installation()).toMatchObject({ activeGeneration: 2 })
    expect(await inForce(stack)).toBe('client-b')
    expect((await stack.audit()).slice(-2)).toEqual(['credentials.awaiting-approval', 'credentials.approved'])
  })

  test('an attacker’s credentials with a replayed identity never serve the account', async () => {
    const stack = await createStack()
    await withActive(stack)
    await stack.send(installed('client-of-attacker'), { at: 3, bound: false })
    await proveDueCredentials(stack.ctx)
    await stack.send(installed('client-b'), { at: 4 })
    await proveDueCredentials(stack.ctx)
    expect(await states(stack)).toEqual(['superseded', 'superseded', 'active'])
    expect(await inForce(stack)).toBe('client-b')
  })

  test('unbound credentials do not come into force while bound ones are being proven', async () => {
    const stack = await createStack()
    stack.clients.set('client-a', refuses)
    await stack.send(installed('client-a'), { at: 1 })
    await stack.send(installed('client-of-attacker'), { at: 3, bound: false })
    await proveDueCredentials(stack.ctx)
    expect(await states(stack)).toEqual(['pending', 'pending'])

    stack.clients.set('client-a', works())
    await proveDueCredentials(stack.ctx)
    await proveDueCredentials(stack.ctx)

    expect(await inForce(stack)).toBe('client-a')
    expect(await states(stack)).toEqual(['active', 'awaiting-approval'])
  })

  test('once the bound ones are rejected, the unbound ones count as a first install', async () => {
    const stack = await createStack()
    stack.settings.patienceMs = 0
    stack.clients.set('client-a', refuses)
    await stack.send(installed('client-a'), { at: 1 })
    await stack.send(installed('client-b'), { at: 3, bound: false })
    await proveDueCredentials(stack.ctx)
    await proveDueCredentials(stack.ctx)
    expect(await states(stack)).toEqual(['superseded', 'active'])
  })

  test('approved ones come into force even if the old ones were sent again since', async () => {
    const stack = await createStack()
    await withActive(stack)
    await stack.send(installed('client-b'), { at: 2, bound: false })
    await proveDueCredentials(stack.ctx)
    await stack.send(installed('client-a'), { at: 5 })

    await approveCredentials(stack.ctx, { accountId: account, generation: 2, actor: operator })

    expect(await states(stack)).toEqual(['superseded', 'active'])
  })

  test('the same credentials sent again by an identity that binds them need no approval', async () => {
    const stack = await createStack()
    await withActive(stack)
    await stack.send(installed('client-b'), { at: 3, bound: false })
    await proveDueCredentials(stack.ctx)

    expect(await stack.send(installed('client-b'), { at: 3, bound: false })).toBe('duplicate')
    expect(await stack.send(installed('client-b'), { at: 5, bound: false })).toBe('duplicate')
    expect(await states(stack)).toEqual(['active', 'awaiting-approval'])
    expect(await stack.send(installed('client-b'), { at: 2, bound: true })).toBe('accepted')
    await proveDueCredentials(stack.ctx)

    expect(await states(stack)).toEqual(['superseded', 'active'])
  })

  test('the policy `automatic` needs no approval', async () => {
    const stack = await createStack({ REINSTALL_POLICY: 'automatic' })
    await withActive(stack)
    await stack.send(installed('client-b'), { at: 2, bound: false })
    await proveDueCredentials(stack.ctx)
    expect(await inForce(stack)).toBe('client-b')
  })

  test('after refusals spread over an hour, the new credentials replace the old ones', async () => {
    const stack = await createStack()
    await withActive(stack)
    stack.clients.set('client-a', refuses)
    await stack.send(installed('client-b'), { at: 2, bound: false })
    await proveDueCredentials(stack.ctx)
    expect(await states(stack)).toEqual(['active', 'awaiting-approval'])

    await stack.probe(4)
    expect(await states(stack)).toEqual(['parked', 'awaiting-approval'])
    await stack.probe(1)

    expect(await stack.rows()).toMatchObject([
      { state: 'superseded', nextAttemptAt: null },
      { state: 'active', reason: null },
    ])
    expect(await stack.installation()).toMatchObject({ activeGeneration: 2 })
    expect((await stack.audit()).slice(-2)).toEqual(['credentials.parked', 'credentials.took-over'])
  })

  test.each([
    ['all clients are refused', 40, { others: false }],
    ['it lasts less than an hour', 4, {}],
  ])('an outage of the old ones does not hand the account over when %s', async (_title, times, how) => {
    const stack = await createStack()
    await withActive(stack)
    stack.clients.set('client-a', refuses)
    await stack.send(installed('client-b'), { at: 2, bound: false })
    await proveDueCredentials(stack.ctx)
    await stack.probe(times, how)
    stack.clients.set('client-a', works())
    await stack.probe(1)
    expect(await states(stack)).toEqual(['active', 'awaiting-approval'])
    expect(await inForce(stack)).toBe('client-a')
  })

  test('old credentials that still work are probed once, then the new ones wait', async () => {
    const stack = await createStack()
    await withActive(stack)
    await stack.send(installed('client-b'), { at: 2, bound: false })
    for (let round = 0; round < 4; round++) await proveDueCredentials(stack.ctx)

    expect(stack.exchanged).toEqual(['client-a', 'client-b', 'client-a'])
    expect(await stack.rows()).toMatchObject([{ state: 'active', nextAttemptAt: null }, { state: 'awaiting-approval' }])
  })

  test('an outage decides nothing, and refusals count only in a row', async () => {
    const stack = await createStack()
    await withActive(stack)
    await stack.send(installed('client-b'), { at: 2, bound: false })
    await proveDueCredentials(stack.ctx)
    for (const behaviour of [isDown, refuses, refuses, isDown, refuses, refuses, isDown]) {
      stack.clients.set('client-a', behaviour)
      await proveDueCredentials(stack.ctx)
      expect((await states(stack))[1]).toBe('awaiting-approval')
    }
    stack.clients.set('client-a', works())
    await proveDueCredentials(stack.ctx)
    expect(await states(stack)).toEqual(['active', 'awaiting-approval'])
  })

  test('the newest of several waiting ones takes over', async () => {
    const stack = await createStack()
    await withActive(stack)
    stack.clients.set('client-a', refuses)
    for (const [clientId, at] of [
      ['client-c', 4],
      ['client-b', 3],
    ] as const)
      await stack.send(installed(clientId), { at, bound: false })
    await stack.probe(6)
    expect(await states(stack)).toEqual(['superseded', 'active', 'superseded'])
  })

  test('a first install needs no approval', async () => {
    const stack = await createStack()
    await stack.send(installed('client-a'), { at: 1, bound: false })
    await proveDueCredentials(stack.ctx)
    expect(await inForce(stack)).toBe('client-a')
  })

  test.each([1, 3])('approving generation %i, which is not waiting, changes nothing', async (generation) => {
    const stack = await createStack()
    await withActive(stack)
    const before = await stack.dump()
    await expect(
      approveCredentials(stack.ctx, { accountId: account, generation, actor: operator }),
    ).rejects.toMatchObject({ reason: 'INPUT_INVALID' })
    await expect(
      approveCredentials(stack.ctx, { accountId: otherAccount, generation, actor: operator }),
    ).rejects.toMatchObject({ reason: 'INSTALLATION_NOT_FOUND' })
    expect(await stack.dump()).toBe(before)
  })

  test('two approvals at once take effect once', async () => {
    const stack = await createStack()
    await withActive(stack)
    await stack.send(installed('client-b'), { at: 2, bound: false })
    await proveDueCredentials(stack.ctx)

    const approvals = [1, 2, 3].map(() =>
      approveCredentials(stack.ctx, { accountId: account, generation: 2, actor: operator }),
    )

    expect((await Promise.allSettled(approvals)).map(({ status }) => status).sort()).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
    ])
    expect((await stack.audit()).filter((event) => event === 'credentials.approved')).toHaveLength(1)
  })
})

describe('credentials that do not work', () => {
  test('new ones are retried until the patience ends, then rejected', async () => {
    const stack = await createStack()
    stack.clients.set('client-a', refuses)
    await stack.send(installed('client-a'), { at: 0 })
    const pauses: number[] = []

    while ((await states(stack))[0] === 'pending') {
      await proveDueCredentials(stack.ctx)
      const { nextAttemptAt } = (await stack.rows())[0]!
      if (!nextAttemptAt) break
      const pauseMs = nextAttemptAt.getTime() - stack.clock.now().getTime()
      pauses.push(pauseMs)
      stack.clock.advance(pauseMs)
    }

    expect(pauses.slice(0, 5)).toEqual([2_000, 4_000, 8_000, 16_000, 30_000])
    expect(pauses.reduce((sum, pauseMs) => sum + pauseMs, 0)).toBe(15 * minute)
    const [row] = await stack.rows()
    expect(row).toMatchObject({ state: 'rejected', reason: 'CREDENTIALS_REJECTED', attempts: 34, nextAttemptAt: null })
    expect(row!.triedAt).toEqual(stack.clock.now())
    await expect(inForce(stack)).rejects.toMatchObject({ reason: 'CREDENTIALS_REJECTED' })
    expect(await stack.audit()).toEqual(['credentials.received', 'credentials.rejected'])
  })

  test('an outage of Trackunit never rejects them, however long it lasts', async () => {
    const stack = await createStack()
    stack.clients.set('client-a', isDown)
    await stack.send(installed('client-a'), { at: 0 })
    for (let hours = 0; hours < 5; hours++) {
      await proveDueCredentials(stack.ctx)
      stack.clock.advance(60 * minute)
    }
    expect(await stack.rows()).toMatchObject([{ state: 'pending', reason: 'TRACKUNIT_UNAVAILABLE' }])
  })

  test('invariant 14: while the sign-in is down for all, no request is made and no attempt is counted', async () => {
    const stack = await createStack()
    await stack.connection.sql`
      insert into sign_in_outages (failed_clients, last_failed_at, since, next_probe_at, probes)
      values (array['client-z'], now(), now(), now() + interval '1 hour', 0)`
    await stack.send(installed('client-a'), { at: 0 })
    for (let tries = 0; tries < 5; tries++) {
      await proveDueCredentials(stack.ctx)
      stack.clock.advance(6 * minute)
    }
    expect(await stack.rows()).toMatchObject([{ state: 'pending', reason: 'TRACKUNIT_UNAVAILABLE', attempts: 0 }])

    await stack.connection.sql`delete from sign_in_outages`
    await stack.connection.sql`update credentials set next_attempt_at = now() - interval '1 second'`
    await proveDueCredentials(stack.ctx)
    expect(await states(stack)).toEqual(['active'])
  })

  test('no pause is shorter than a Retry-After', async () => {
    const stack = await createStack()
    stack.clients.set('client-a', { outcome: 'failed', failure: 'rate-limited', retryAfterMs: 1_800_000 })
    await stack.send(installed('client-a'), { at: 0 })
    await proveDueCredentials(stack.ctx)
    const [row] = await stack.rows()
    expect(row!.nextAttemptAt!.getTime() - stack.clock.now().getTime()).toBe(1_800_000)
  })

  test('a secret that cannot be decrypted does not stop other accounts', async () => {
    const stack = await createStack()
    await stack.send(installed('client-a'), { at: 0 })
    await stack.send(installed('client-b', { accountId: otherAccount }), { at: 0, claims: { accountId: otherAccount } })
    await stack.connection.sql`update credentials set sealed_secret = 'broken' where account_id = ${account}`
    await proveDueCredentials(stack.ctx)
    expect(await inForce(stack, otherAccount)).toBe('client-b')
    expect(await states(stack)).toEqual(['pending'])
  })
})

describe('invariant 14: refused credentials that worked are parked and probed slowly', () => {
  test('parked ones come back with the first successful probe', async () => {
    const stack = await createStack()
    await withActive(stack)
    await parkCredentials(stack.ctx, { accountId: account, generation: 1 })
    expect(await findCredentialsInForce(stack.ctx, account)).toMatchObject({ parked: true })

    await proveDueCredentials(stack.ctx)

    expect(await findCredentialsInForce(stack.ctx, account)).toMatchObject({ parked: false, generation: 1 })
    expect((await stack.audit()).slice(-2)).toEqual(['credentials.parked', 'credentials.proven'])
  })

  test.each([
    ['refused', refuses, 10_000],
    ['not answered', isDown, 60_000],
    [
      'told to wait longer',
      { outcome: 'failed', failure: 'rate-limited', retryAfterMs: 3_600_000 } as const,
      3_600_000,
    ],
  ])('a probe that is %s keeps them parked, with the reason why', async (_title, behaviour, pauseMs) => {
    const stack = await createStack()
    await withActive(stack)
    await parkCredentials(stack.ctx, { accountId: account, generation: 1 })
    stack.clients.set('client-a', behaviour)
    stack.clock.advance(60 * minute)

    await proveDueCredentials(stack.ctx)

    const [row] = await stack.rows()
    expect(row).toMatchObject({ state: 'parked', reason: 'CREDENTIALS_REJECTED' })
    expect(row!.nextAttemptAt!.getTime() - stack.clock.now().getTime()).toBe(pauseMs)
  })

  test('after 5, 10, 20, 40 seconds and so on up to a quarter of an hour: a glitch of a minute costs less than two', async () => {
    const stack = await createStack()
    await withActive(stack)
    await parkCredentials(stack.ctx, { accountId: account, generation: 1 })
    stack.clients.set('client-a', refuses)
    const parkedAt = stack.clock.now().getTime()
    const pauses: number[] = []
    const toNextProbe = async () => {
      const pauseMs = (await stack.rows())[0]!.nextAttemptAt!.getTime() - stack.clock.now().getTime()
      pauses.push(pauseMs / 1_000)
      stack.clock.advance(pauseMs)
      await proveDueCredentials(stack.ctx)
    }

    while (stack.clock.now().getTime() - parkedAt < minute) await toNextProbe()
    expect(stack.clock.now().getTime() - parkedAt).toBeLessThan(2 * minute)
    while (pauses.length < 10) await toNextProbe()

    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 900, 900])
  })

  test('those whose token now names another account stay parked and are probed slowly', async () => {
    const stack = await createStack({ TRACKUNIT_ACCOUNT_CLAIM: 'account' })
    stack.clients.set('client-a', works({ account }))
    await withActive(stack)
    await parkCredentials(stack.ctx, { accountId: account, generation: 1 })
    stack.clients.set('client-a', works({ account: otherAccount }))

    await proveDueCredentials(stack.ctx)

    const [row] = await stack.rows()
    expect(row).toMatchObject({ state: 'parked', reason: 'CREDENTIALS_QUARANTINED' })
    expect(row!.nextAttemptAt!.getTime() - stack.clock.now().getTime()).toBe(900_000)
  })

  test('the same credentials sent again are probed at once', async () => {
    const stack = await createStack()
    await withActive(stack)
    await parkCredentials(stack.ctx, { accountId: account, generation: 1 })
    await stack.connection.sql`update credentials set next_attempt_at = now() + interval '1 hour'`

    expect(await stack.send(installed('client-a'), { at: 5 })).toBe('accepted')
    await proveDueCredentials(stack.ctx)

    expect(await states(stack)).toEqual(['active'])
  })

  test('only active credentials can be parked, and only once', async () => {
    const stack = await createStack()
    await withActive(stack)
    await stack.send(installed('client-b'), { at: 2 })
    await proveDueCredentials(stack.ctx)
    for (const generation of [1, 2, 2, 3]) await parkCredentials(stack.ctx, { accountId: account, generation })
    expect(await states(stack)).toEqual(['superseded', 'parked'])
    expect((await stack.audit()).filter((event) => event === 'credentials.parked')).toHaveLength(1)
  })

  test('a good re-install takes over from parked ones', async () => {
    const stack = await createStack()
    await withActive(stack)
    stack.clients.set('client-a', refuses)
    await parkCredentials(stack.ctx, { accountId: account, generation: 1 })
    await stack.send(installed('client-b'), { at: 2 })
    await proveDueCredentials(stack.ctx)
    expect(await states(stack)).toEqual(['superseded', 'active'])
  })
})

test('invariant 17: the scopes that the plan lacks are stored beside the granted ones', async () => {
  const stack = await createStack({ IRIS_APP_SCOPES: 'account.asset.view account.event.manage?' })
  stack.clients.set('client-a', works({}, ['account.event.manage']))
  await withActive(stack)

  expect(await findCredentialsInForce(stack.ctx, account)).toMatchObject({
    grantedScopes: ['account.asset.view'],
    missingFromPlan: ['account.event.manage'],
  })
})

test('a round that leaves work reports that there is more', async () => {
  const stack = await createStack()
  for (let index = 0; index < 9; index++) await stack.send(installed(`client-${index}`), { at: index })
  expect(await proveDueCredentials(stack.ctx)).toBe(true)
  expect(await proveDueCredentials(stack.ctx)).toBe(false)
})

test('a round takes no more than its places, however PostgreSQL joins', async () => {
  const stack = await createStack()
  for (let index = 0; index < 9; index++) await stack.send(installed(`client-${index}`), { at: index })
  const claimed = await stack.db.transaction(async (tx) => {
    for (const join of ['hashjoin', 'mergejoin', 'hashagg', 'sort', 'material'])
      await tx.execute(sql.raw(`set local enable_${join} = off`))
    return claimDueCredentials(tx, { limit: 4, holdMs: 12_000 })
  })
  expect(claimed).toHaveLength(4)
})

const accountOf = (number: number) => `${account.slice(0, -6)}${String(number).padStart(6, '0')}`

test('new credentials are tried before any that were refused, however many JWTs brought those', async () => {
  const stack = await createStack()
  for (let number = 1; number <= 40; number++) {
    stack.clients.set(`garbage-${number}`, refuses)
    await stack.send(installed(`garbage-${number}`, { accountId: accountOf(number) }), { at: number, bound: false })
  }
  while (stack.exchanged.length < 40) await proveDueCredentials(stack.ctx)
  await stack.connection.sql`update credentials set next_attempt_at = '2001-01-01'` // Due for longer than the new ones.
  await stack.send(installed('genuine', { accountId: otherAccount }), { at: 50, bound: false })

  await proveDueCredentials(stack.ctx)
  expect(stack.exchanged.slice(40)).toContain('genuine')
  expect(stack.exchanged).toHaveLength(48) // The others of the round are asked for again.
})

describe('one JWT that brings many accounts', () => {
  /** So many accounts, under one JWT that names none of them. */
  async function sendCrowd(stack: CallbackStack, size: number) {
    const iat = stack.clock.now().getTime() / 1_000
    const identity = await stack.signingKey.sign({ iat, exp: iat + 600 })
    for (let number = 1; number <= size; number++) {
      stack.clients.set(`crowd-${number}`, refuses)
      const body = installed(`crowd-${number}`, { accountId: accountOf(number) })
      await stack.receiveCallback(delivered(identity, body, stack.clock))
    }
    stack.clock.advance(1_000) // Whatever comes now is due after it.
  }

  test('delays others no longer than a JWT that brings few', async () => {
    const stack = await createStack()
    await sendCrowd(stack, 80)
    await stack.send(installed('genuine', { accountId: otherAccount }), { bound: false })

    while (!stack.exchanged.includes('genuine')) await proveDueCredentials(stack.ctx)
    expect(stack.exchanged.length).toBeLessThanOrEqual(32)
  })

  test('is proven even while others are always due', async () => {
    const stack = await createStack()
    await sendCrowd(stack, 40)
    for (let round = 0; round < 12; round++) {
      for (let each = 0; each < 8; each++) await stack.send(installed(`other-${round}-${each}`), { at: -1_000 + round })
      await proveDueCredentials(stack.ctx)
    }
    expect(stack.exchanged.filter((clientId) => Number(clientId.split('crowd-')[1]) > 20)).not.toEqual([])
  })

  test('no longer counts as bulk for an account that was proven, or was sent by a JWT of its own', async () => {
    const stack = await createStack()
    await sendCrowd(stack, 23)
    stack.clients.delete('crowd-22')
    while (!stack.exchanged.includes('crowd-22')) await proveDueCredentials(stack.ctx)
    await stack.send(installed('crowd-23', { accountId: accountOf(23) }), { at: 5, bound: false })

    const isBulk = async (number: number) => isBulkInstall((await stack.rows(accountOf(number)))[0]!)
    expect(await Promise.all([20, 21, 22, 23].map(isBulk))).toEqual([false, true, false, false])
  })
})
