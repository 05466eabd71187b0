import { describe, expect, test } from 'vitest'
import {
  account,
  type CallbackStack,
  installed,
  isDown,
  prepareCallbackStacks,
  refuses,
  uninstalled,
  works,
} from '../../test/callback-stack.ts'
import type { ClientAnswer } from '../../test/played-clients.ts'
import { noteSuccess } from '../trackunit/sign-in-outage-store.ts'
import { findCredentialsInForce } from './credentials-in-force.ts'
import { approveCredentials } from './decide-credentials.ts'
import { describeInstallation } from './describe-installation.ts'
import { eraseAbandoned } from './erase-abandoned.ts'
import { settleUninstalls } from './erase-data.ts'
import { parkCredentials } from './park-credentials.ts'
import { proveDueCredentials } from './prove-credentials.ts'
import { confirmUninstall, dismissUninstall, eraseInstallation, restoreInstallation } from './uninstall.ts'

const createStack = prepareCallbackStacks()
const hour = 3_600_000
const day = 24 * hour
const anna = { kind: 'user', id: 'anna' } as const

async function install(stack: CallbackStack, clientId: string, at: number): Promise<void> {
  await stack.send(installed(clientId), { at })
  await proveDueCredentials(stack.ctx)
}
/** As an exchange of that generation would leave it. */
const keepToken = (stack: CallbackStack, generation: number) =>
  stack.connection.sql`
    insert into access_tokens (account_id, scope_key, generation, sealed_token, fingerprint, lifetime_ms, expires_at)
    values (${account}, 'a', ${generation}, 'sealed-token', 'f', 3600000, now() + interval '1 hour')`
const tokens = (stack: CallbackStack) => stack.connection.sql`select generation from access_tokens`
const states = async (stack: CallbackStack) => (await stack.rows()).map(({ state }) => state)
const described = async (stack: CallbackStack) =>
  describeInstallation(account, {
    installation: await stack.installation(),
    rows: (await stack.rows()).reverse(),
    requestedScopes: ['account.asset.view'],
    patienceMs: 900_000,
    eraseAfterMs: day,
    now: stack.clock.now(),
  })

const refusalOf = (stack: CallbackStack) =>
  findCredentialsInForce(stack.ctx, account).then(
    () => 'served',
    ({ reason }) => reason as string,
  )
/** Lets so much time pass, with the loops that look at it. */
async function pass(stack: CallbackStack, ms: number): Promise<void> {
  stack.clock.advance(ms)
  while (await settleUninstalls(stack.ctx));
}
describe('invariant 8: a bound uninstall stops at once, and keeps everything until it is certain', () => {
  test('no token is handed out, and everything can be restored as it was', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await install(stack, 'client-b', 2)
    await keepToken(stack, 2)
    const before = await stack.rows()

    expect(await stack.send(uninstalled(), { at: 3 })).toBe('accepted')
    expect(await stack.send(uninstalled(), { at: 3 })).toBe('duplicate')

    expect(await refusalOf(stack)).toBe('INSTALLATION_UNINSTALLED')
    expect(await stack.installation()).toMatchObject({ activeGeneration: null })
    expect(await described(stack)).toMatchObject({
      state: 'suspended',
      since: stack.clock.now().toISOString(),
      erasesAt: new Date(stack.clock.now().getTime() + day).toISOString(),
      waiting: [],
    })
    expect((await stack.rows()).map(({ sealedSecret }) => sealedSecret)).toEqual(
      before.map(({ sealedSecret }) => sealedSecret),
    )
    expect(await tokens(stack)).toEqual([{ generation: 2 }])

    await pass(stack, day - 1)
    await dismissUninstall(stack.ctx, { accountId: account, actor: anna })

    expect(await findCredentialsInForce(stack.ctx, account)).toMatchObject({ clientId: 'client-b', generation: 2 })
    expect(await states(stack)).toEqual(['superseded', 'active'])
    expect(await tokens(stack)).toEqual([{ generation: 2 }])
    expect(await described(stack)).toMatchObject({ state: 'active', uninstallSignalledAt: null })
    expect((await stack.audit()).slice(-2)).toEqual(['installation.suspended', 'installation.restored'])
    expect(await stack.send(uninstalled(), { at: 3 })).toBe('duplicate')
    await pass(stack, 2 * day)
    expect(await described(stack)).toMatchObject({ state: 'active' })
    expect(await stack.send(uninstalled())).toBe('accepted')
    expect(await described(stack)).toMatchObject({ state: 'suspended' })
  })

  test('the same UNINSTALLED, sent again while its identity is valid, stops nothing once it was undone', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await stack.send(uninstalled(), { at: 3 })
    await dismissUninstall(stack.ctx, { accountId: account, actor: anna })
    for (const at of [2, 3]) expect(await stack.send(uninstalled(), { at })).toBe('duplicate')
    expect(await described(stack)).toMatchObject({ state: 'active' })
    expect(await stack.send(uninstalled(), { at: 4 })).toBe('accepted')
    expect(await described(stack)).toMatchObject({ state: 'suspended' })
  })

  test('secrets and tokens are erased after UNINSTALL_ERASE_AFTER, however often it is sent again', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await keepToken(stack, 1)
    await stack.send(uninstalled(), { at: 3 })
    await pass(stack, day - 1)
    await stack.send(uninstalled())
    expect(await described(stack)).toMatchObject({ state: 'suspended' })

    await pass(stack, 1)

    expect(await stack.rows()).toMatchObject([
      { state: 'uninstalled', sealedSecret: null, contentDigest: null, nextAttemptAt: null },
    ])
    expect(await tokens(stack)).toEqual([])
    expect(await stack.dump()).not.toContain('eyJ') // No JWE is left.
    expect(await described(stack)).toMatchObject({ state: 'uninstalled', waiting: [] })
    expect((await stack.audit()).at(-1)).toBe('installation.uninstalled')
    await expect(restoreInstallation(stack.ctx, { accountId: account, actor: anna })).rejects.toMatchObject({
      reason: 'INPUT_INVALID',
    })
  })

  test('an administrator can confirm it at once', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await stack.send(uninstalled(), { at: 3 })
    await confirmUninstall(stack.ctx, { accountId: account, actor: anna })
    expect(await states(stack)).toEqual(['uninstalled'])
    expect(await stack.dump()).not.toContain('eyJ')
  })

  test('refusals spread over an hour, while others are let in, confirm it', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await stack.send(uninstalled(), { at: 3 })
    stack.clients.set('client-a', refuses)
    await stack.probe(4)
    expect(await described(stack)).toMatchObject({ state: 'suspended' })
    await stack.probe(1)
    expect(await states(stack)).toEqual(['uninstalled'])
  })

  test('refusals of all clients, or many in a short time, confirm nothing', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await stack.send(uninstalled(), { at: 3 })
    stack.clients.set('client-a', refuses)
    await stack.probe(30, { others: false })
    for (let no = 0; no < 30; no++) {
      await noteSuccess(stack.db, 'another')
      await stack.connection
        .sql`update credentials set next_attempt_at = '2001-01-01' where next_attempt_at is not null`
      await proveDueCredentials(stack.ctx)
    }
    expect(await described(stack)).toMatchObject({ state: 'suspended' })
    expect(await states(stack)).toEqual(['active']) // As it was: parking waits until it is restored.
  })

  test('the fence commits alone: what is slow to erase follows in batches', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await using other = stack.connectAgain()
    await other.sql.begin(async (busy) => {
      await busy`lock table runs, run_results, artifacts, machines, machine_readings, deliveries in access exclusive mode`
      expect(await stack.send(uninstalled(), { at: 3 })).toBe('accepted')
      expect(await refusalOf(stack)).toBe('INSTALLATION_UNINSTALLED')
      await confirmUninstall(stack.ctx, { accountId: account, actor: anna })
      expect(await states(stack)).toEqual(['uninstalled'])
    })
    expect(await stack.installation()).toMatchObject({ erasingSince: stack.clock.now() })

    // A new installation begins when nothing is left of the one before.
    await install(stack, 'client-b', 5)
    expect(await states(stack)).toEqual(['uninstalled', 'pending'])
    await pass(stack, 2_000)
    expect(await stack.installation()).toMatchObject({ erasingSince: null })
    await proveDueCredentials(stack.ctx)
    expect(await states(stack)).toEqual(['uninstalled', 'active'])
  })

  test('parked and pending credentials are restored as they were', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await stack.send(installed('client-b'), { at: 2, bound: false })
    await proveDueCredentials(stack.ctx)
    await parkCredentials(stack.ctx, { accountId: account, generation: 1 })
    await stack.send(installed('client-c'), { at: 3 })
    const before = ['parked', 'awaiting-approval', 'pending']
    expect(await states(stack)).toEqual(before)
    await stack.send(uninstalled(), { at: 3 })
    await proveDueCredentials(stack.ctx)
    expect(await states(stack)).toEqual(before)
    expect(await described(stack)).toMatchObject({ state: 'suspended' })
    await expect(
      approveCredentials(stack.ctx, { accountId: account, generation: 2, actor: anna }),
    ).rejects.toMatchObject({ reason: 'INPUT_INVALID' })

    await restoreInstallation(stack.ctx, { accountId: account, actor: anna })

    expect(await states(stack)).toEqual(before)
    expect(await stack.installation()).toMatchObject({ activeGeneration: 1 })
    await proveDueCredentials(stack.ctx)
    expect(await states(stack)).toEqual(['superseded', 'superseded', 'active'])
  })

  test('a proof that ends after the uninstall brings nothing back', async () => {
    const stack = await createStack()
    const { promise, resolve } = Promise.withResolvers<ClientAnswer>()
    const begun = Promise.withResolvers<void>()
    stack.clients.set('client-a', () => {
      begun.resolve()
      return promise
    })
    await stack.send(installed('client-a'), { at: 1 })
    const slow = proveDueCredentials(stack.ctx)
    await begun.promise
    await stack.send(uninstalled(), { at: 2 })

    resolve(works())
    await slow

    expect(await stack.rows()).toMatchObject([{ state: 'pending', nextAttemptAt: null }])
    expect(await stack.installation()).toMatchObject({ activeGeneration: null })
    expect(await stack.audit()).toEqual(['credentials.received', 'installation.suspended'])
  })

  test('an older INSTALLED does not bring it back; after the erasing it stores no secret', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await stack.send(uninstalled(), { at: 3 })
    expect(await stack.send(installed('client-a'), { at: 1 })).toBe('duplicate')
    expect(await stack.send(installed('client-b'), { at: 3 })).toBe('superseded')
    await proveDueCredentials(stack.ctx)
    expect(await described(stack)).toMatchObject({ state: 'suspended' })
    expect(stack.exchanged).not.toContain('client-b')

    await confirmUninstall(stack.ctx, { accountId: account, actor: anna })
    expect(await stack.send(installed('client-c'), { at: 3 })).toBe('superseded')
    expect(await states(stack)).toEqual(['uninstalled', 'uninstalled', 'uninstalled'])
    expect(await stack.dump()).not.toContain('eyJ')
    expect(await refusalOf(stack)).toBe('INSTALLATION_UNINSTALLED')
  })

  test.each(['client-a', 'client-b'])(
    'a later re-install with %s starts a new generation, and old secrets are erased in time',
    async (clientId) => {
      const stack = await createStack()
      await install(stack, 'client-a', 1)
      await stack.send(uninstalled(), { at: 2 })

      expect(await stack.send(installed(clientId), { at: 3 })).toBe('accepted')
      await proveDueCredentials(stack.ctx)

      expect(await states(stack)).toEqual(['superseded', 'active'])
      expect(await findCredentialsInForce(stack.ctx, account)).toMatchObject({ generation: 2 })
      expect(await stack.send(uninstalled(), { at: 2 })).toBe('duplicate')
      await pass(stack, day)
      expect(await stack.rows()).toMatchObject([{ state: 'uninstalled', sealedSecret: null }, { state: 'active' }])
      expect((await stack.audit()).at(-1)).toBe('installation.earlier-uninstalled')
    },
  )

  test('an unbound re-install waits until the uninstall is settled, and then takes over', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await stack.send(uninstalled(), { at: 2 })
    await stack.send(installed('client-b'), { at: 3, bound: false })
    await proveDueCredentials(stack.ctx)
    expect(await states(stack)).toEqual(['active', 'awaiting-approval'])
    expect(await described(stack)).toMatchObject({ state: 'suspended' })

    await pass(stack, day)
    expect(await states(stack)).toEqual(['uninstalled', 'active'])
    expect(await findCredentialsInForce(stack.ctx, account)).toMatchObject({ generation: 2 })
  })

  test('a newer INSTALLED survives an UNINSTALLED that arrives later, and keeps its tokens', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await install(stack, 'client-b', 5)
    await keepToken(stack, 2)

    expect(await stack.send(uninstalled(), { at: 3 })).toBe('superseded')
    expect(await described(stack)).toMatchObject({ state: 'active' })
    expect(await findCredentialsInForce(stack.ctx, account)).toMatchObject({ generation: 2 })

    await pass(stack, day)
    expect(await states(stack)).toEqual(['uninstalled', 'active'])
    expect(await tokens(stack)).toEqual([{ generation: 2 }])
    expect(await described(stack)).toMatchObject({ state: 'active' })
  })

  test('newer pending credentials survive it and come into force', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await stack.send(installed('client-b'), { at: 5 })
    expect(await stack.send(uninstalled(), { at: 3 })).toBe('accepted')
    await proveDueCredentials(stack.ctx)
    expect(await states(stack)).toEqual(['superseded', 'active'])
  })
})

describe('invariant 8: an unbound uninstall is only a signal', () => {
  test('it is shown, and nothing else changes', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await keepToken(stack, 1)

    expect(await stack.send(uninstalled(), { at: 2, bound: false })).toBe('accepted')
    expect(await stack.send(uninstalled(), { at: 2, bound: false })).toBe('duplicate')

    expect(await findCredentialsInForce(stack.ctx, account)).toMatchObject({ clientId: 'client-a' })
    expect(await tokens(stack)).toEqual([{ generation: 1 }])
    expect(await described(stack)).toMatchObject({
      state: 'active',
      uninstallSignalledAt: new Date(stack.clock.now().getTime() + 2_000).toISOString(),
    })
    expect((await stack.audit()).filter((event) => event === 'installation.uninstall-signalled')).toHaveLength(1)
  })

  test('refusals spread over an hour, while others are let in, make it effective', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    stack.clients.set('client-a', refuses)
    await stack.send(uninstalled(), { at: 2, bound: false })
    const signalledAt = new Date(stack.clock.now().getTime() + 2_000)

    await stack.probe(4)
    expect(await states(stack)).toEqual(['parked'])
    await stack.probe(1)
    expect(await states(stack)).toEqual(['uninstalled'])

    await pass(stack, 0)
    expect(await stack.dump()).not.toContain('eyJ')
    expect(await stack.installation()).toMatchObject({
      activeGeneration: null,
      uninstalledAt: signalledAt,
      uninstallSignalledAt: null,
    })
  })

  test('it never combines with earlier refusals, with an outage, or with those of a later day', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    stack.clients.set('client-a', refuses)
    await parkCredentials(stack.ctx, { accountId: account, generation: 1 })
    await stack.probe(4)

    await stack.send(uninstalled(), { bound: false }) // In the middle of an episode.
    await stack.probe(1)
    expect(await states(stack)).toEqual(['parked'])

    await stack.probe(50, { others: false }) // An outage that refuses all clients.
    expect(await states(stack)).toEqual(['parked'])

    await pass(stack, day) // It has expired.
    expect(await described(stack)).toMatchObject({ state: 'parked', uninstallSignalledAt: null })
    await stack.probe(10)
    expect(await states(stack)).toEqual(['parked'])
  })

  test('credentials that still work are probed once, and the signal stays', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await stack.send(uninstalled(), { at: 2, bound: false })
    for (let round = 0; round < 3; round++) await proveDueCredentials(stack.ctx)
    expect(stack.exchanged).toEqual(['client-a', 'client-a'])
    expect(await stack.installation()).toMatchObject({ activeGeneration: 1, uninstallSignalledAt: expect.any(Date) })
  })

  test.each([
    ['after the signal survives it', 3, ['superseded', 'active']],
    ['before the signal ends with it', 2, ['uninstalled', 'uninstalled']],
  ])('a waiting re-install that was sent %s', async (_title, at, expected) => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await stack.send(uninstalled(), { at: 2, bound: false })
    stack.clients.set('client-a', refuses)
    await stack.send(installed('client-b'), { at, bound: false })
    await stack.probe(6)
    expect(await states(stack)).toEqual(expected)
  })

  test('the same uninstall sent by an identity that binds it suspends', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await stack.send(uninstalled(), { at: 2, bound: false })
    expect(await stack.send(uninstalled(), { at: 2 })).toBe('accepted')
    expect(await described(stack)).toMatchObject({ state: 'suspended' })
  })

  test('newer credentials that work end the signal; older ones do not', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await stack.send(uninstalled(), { at: 5, bound: false })
    await install(stack, 'client-b', 4)
    expect(await stack.installation()).toMatchObject({ activeGeneration: 2, uninstallSignalledAt: expect.any(Date) })

    await install(stack, 'client-c', 6)

    expect(await stack.installation()).toMatchObject({ activeGeneration: 3, uninstallSignalledAt: null })
    expect(await stack.send(uninstalled(), { at: 5, bound: false })).toBe('superseded')
  })
})

describe('invariant 8: a signal that an install has answered', () => {
  test('does not erase the same credentials, sent again after it: if refused, they are parked', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await stack.send(uninstalled(), { at: 2, bound: false })
    await stack.send(installed('client-a'), { at: 5 })
    stack.clients.set('client-a', refuses)
    await stack.probe(6)
    expect(await states(stack)).toEqual(['parked'])
  })
})

describe('invariant 8: an administrator or the operator can confirm it', () => {
  test('a confirmed uninstall takes effect, and the audit names who confirmed it', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await stack.send(uninstalled(), { at: 2, bound: false })

    await confirmUninstall(stack.ctx, { accountId: account, actor: anna })

    expect(await states(stack)).toEqual(['uninstalled'])
    expect(await stack.dump()).not.toContain('eyJ')
    expect(await stack.connection.sql`select actor_id, event from audit_entries order by id desc limit 1`).toEqual([
      { actor_id: 'anna', event: 'installation.uninstalled' },
    ])
  })

  test.each([
    ['was never signalled', async () => {}],
    [
      'was answered by a re-install',
      async (stack: CallbackStack) => {
        await stack.send(uninstalled(), { at: 2, bound: false })
        await install(stack, 'client-b', 3)
      },
    ],
  ])('one that %s cannot be confirmed', async (_title, before) => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await before(stack)
    await expect(confirmUninstall(stack.ctx, { accountId: account, actor: anna })).rejects.toMatchObject({
      reason: 'INPUT_INVALID',
    })
    expect((await states(stack)).at(-1)).toBe('active')
  })

  test('a dismissed one is over: refused credentials are parked, not erased, and the signal does not come back', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await stack.send(uninstalled(), { at: 2, bound: false })

    await dismissUninstall(stack.ctx, { accountId: account, actor: anna })

    expect(await stack.connection.sql`select actor_id, event from audit_entries order by id desc limit 1`).toEqual([
      { actor_id: 'anna', event: 'installation.uninstall-dismissed' },
    ])
    expect(await described(stack)).toMatchObject({ state: 'active', uninstallSignalledAt: null })
    expect(await stack.send(uninstalled(), { at: 2, bound: false })).toBe('duplicate')
    stack.clients.set('client-a', refuses)
    await stack.probe(6)
    expect(await states(stack)).toEqual(['parked'])
  })

  test('a newer signal is shown again, and a bound uninstall suspends despite the dismissal', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await stack.send(uninstalled(), { at: 2, bound: false })
    await dismissUninstall(stack.ctx, { accountId: account, actor: anna })
    await expect(dismissUninstall(stack.ctx, { accountId: account, actor: anna })).rejects.toMatchObject({
      reason: 'INPUT_INVALID',
    })

    expect(await stack.send(uninstalled(), { at: 3, bound: false })).toBe('accepted')
    expect(await described(stack)).toMatchObject({ uninstallSignalledAt: expect.any(String) })
    await dismissUninstall(stack.ctx, { accountId: account, actor: anna })
    expect(await stack.send(uninstalled(), { at: 2 })).toBe('accepted')
    expect(await described(stack)).toMatchObject({ state: 'suspended' })
  })

  test('erasing removes every secret, and a newer callback installs the account again', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await install(stack, 'client-b', 5)
    await stack.send(installed('client-c'), { at: 7, bound: false })

    await eraseInstallation(stack.ctx, { accountId: account, actor: anna })

    expect(await states(stack)).toEqual(['uninstalled', 'uninstalled', 'uninstalled'])
    expect(await stack.dump()).not.toContain('eyJ')
    expect(await stack.send(installed('client-b'), { at: 5 })).toBe('duplicate')
    await pass(stack, 0)
    await install(stack, 'client-b', 8)
    expect(await findCredentialsInForce(stack.ctx, account)).toMatchObject({ generation: 4 })
    await expect(
      eraseInstallation(stack.ctx, { accountId: account.replace(/^1/, '3'), actor: anna }),
    ).rejects.toMatchObject({ reason: 'INSTALLATION_NOT_FOUND' })
  })
})

describe('invariant 8: credentials that are refused for ABANDONED_AFTER_DAYS are erased', () => {
  const day = 86_400_000
  /** As if the credentials were in their state since a moment of the stack's clock. */
  const setSince = (stack: CallbackStack, daysAgo: number) =>
    stack.connection
      .sql`update credentials set since = ${new Date(stack.clock.now().getTime() - daysAgo * day).toISOString()}`

  test.each([
    [29, 'parked'],
    [30, 'uninstalled'],
  ])('those that served and were refused for %i days are then %s', async (days, expected) => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    stack.clients.set('client-a', refuses)
    await parkCredentials(stack.ctx, { accountId: account, generation: 1 })
    await setSince(stack, days)
    for (let probe = 0; probe < 3; probe++) {
      await proveDueCredentials(stack.ctx)
      await stack.connection
        .sql`update credentials set next_attempt_at = now() - interval '1 second' where next_attempt_at is not null`
    }
    expect(await states(stack)).toEqual([expected])
    expect((await stack.dump()).includes('eyJ')).toBe(expected === 'parked')
  })

  test('a single refusal, however late, erases nothing', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    stack.clients.set('client-a', refuses)
    await parkCredentials(stack.ctx, { accountId: account, generation: 1 })
    await setSince(stack, 90)
    await proveDueCredentials(stack.ctx)
    expect(await states(stack)).toEqual(['parked'])
  })

  test('an outage is not a refusal, however long it lasts', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    stack.clients.set('client-a', isDown)
    await parkCredentials(stack.ctx, { accountId: account, generation: 1 })
    await setSince(stack, 90)
    for (let probe = 0; probe < 5; probe++) {
      await proveDueCredentials(stack.ctx)
      await stack.connection
        .sql`update credentials set next_attempt_at = now() - interval '1 second' where next_attempt_at is not null`
    }
    expect(await states(stack)).toEqual(['parked'])
  })

  test('those that never served are erased as well, and nothing else is', async () => {
    const stack = await createStack()
    stack.settings.patienceMs = 0
    await install(stack, 'client-a', 1)
    stack.clients.set('client-b', refuses)
    await install(stack, 'client-b', 2)
    expect(await states(stack)).toEqual(['active', 'rejected'])

    await setSince(stack, 29)
    await eraseAbandoned(stack.ctx)
    expect(await states(stack)).toEqual(['active', 'rejected'])
    await setSince(stack, 31)
    await eraseAbandoned(stack.ctx)

    expect(await stack.rows()).toMatchObject([
      { state: 'active', sealedSecret: expect.any(String) },
      { state: 'uninstalled', sealedSecret: null, contentDigest: null },
    ])
    expect((await stack.audit()).at(-1)).toBe('credentials.abandoned')
  })
})
