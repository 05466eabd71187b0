import { describe, expect, test } from 'vitest'
import {
  account,
  type CallbackStack,
  installed,
  prepareCallbackStacks,
  refuses,
  uninstalled,
  works,
} from '../../test/callback-stack.ts'
import { findCredentialsInForce } from '../credentials/credentials-in-force.ts'
import type { Negotiation } from '../tokens/negotiate-scopes.ts'
import { findToken, storeToken } from '../tokens/token-store.ts'
import { describeInstallation } from './describe-installation.ts'

const createStack = prepareCallbackStacks()

async function install(stack: CallbackStack, clientId: string, at: number): Promise<void> {
  await stack.send(installed(clientId), { at })
  await stack.prover.proveDue()
}
const token = (generation: number) => ({
  accountId: account,
  scopeKey: 'a',
  generation,
  sealedToken: 'sealed-token',
  fingerprint: 'f',
  lifetimeMs: 3_600_000,
  leftMs: 3_600_000,
})
const states = async (stack: CallbackStack) => (await stack.rows()).map(({ state }) => state)
const described = async (stack: CallbackStack) =>
  describeInstallation(account, {
    installation: await stack.installation(),
    rows: (await stack.rows()).reverse(),
    requestedScopes: ['account.asset.view'],
  })

describe('invariant 8: an uninstall that is bound takes effect at once', () => {
  test('secrets and tokens are erased, and nobody is served', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await install(stack, 'client-b', 2)
    expect(await storeToken(stack.db, token(2))).toBe(true)

    expect(await stack.send(uninstalled(), { at: 3 })).toBe('accepted')

    expect(await stack.rows()).toMatchObject(
      [1, 2].map(() => ({ state: 'uninstalled', sealedSecret: null, contentDigest: null, nextAttemptAt: null })),
    )
    expect(await stack.connection.sql`select * from access_tokens`).toEqual([])
    expect(await findToken(stack.db, account, 'a')).toBeUndefined()
    expect(await storeToken(stack.db, token(2))).toBe(false)
    await expect(findCredentialsInForce(stack.db, account)).rejects.toMatchObject({
      reason: 'INSTALLATION_UNINSTALLED',
    })
    expect((await stack.audit()).at(-1)).toBe('installation.uninstalled')
    expect(await described(stack)).toMatchObject({ state: 'uninstalled', waiting: [] })
  })

  test('what waits, is parked, quarantined or rejected is erased as well', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await stack.send(installed('client-b'), { at: 2, bound: false })
    await stack.prover.proveDue()
    await stack.prover.park({ accountId: account, generation: 1 })
    await stack.send(installed('client-c'), { at: 3 })
    expect(await states(stack)).toEqual(['parked', 'awaiting-approval', 'pending'])

    await stack.send(uninstalled(), { at: 3 })

    expect(await states(stack)).toEqual(['uninstalled', 'uninstalled', 'uninstalled'])
    expect(await stack.dump()).not.toContain('eyJ') // No JWE is left.
  })

  test('a proof that comes home after the uninstall brings nothing back', async () => {
    const stack = await createStack()
    const { promise, resolve } = Promise.withResolvers<Negotiation>()
    const begun = Promise.withResolvers<void>()
    stack.clients.set('client-a', () => {
      begun.resolve()
      return promise
    })
    await stack.send(installed('client-a'), { at: 1 })
    const slow = stack.prover.proveDue()
    await begun.promise
    await stack.send(uninstalled(), { at: 2 })

    resolve(works())
    await slow

    expect(await stack.rows()).toMatchObject([{ state: 'uninstalled', nextAttemptAt: null, reason: null }])
    expect(await stack.installation()).toMatchObject({ activeGeneration: null })
    expect(await stack.audit()).toEqual(['credentials.received', 'installation.uninstalled'])
  })

  test('an INSTALLED that is older than it puts no secret back, and its redelivery is a duplicate', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await stack.send(uninstalled(), { at: 3 })

    expect(await stack.send(installed('client-a'), { at: 1 })).toBe('duplicate')
    expect(await stack.send(installed('client-b'), { at: 3 })).toBe('superseded')
    expect(await stack.send(installed('client-b'), { at: 3 })).toBe('duplicate')
    await stack.prover.proveDue()

    expect(await states(stack)).toEqual(['uninstalled', 'uninstalled'])
    expect(await stack.dump()).not.toContain('eyJ')
    await expect(findCredentialsInForce(stack.db, account)).rejects.toMatchObject({
      reason: 'INSTALLATION_UNINSTALLED',
    })
  })

  test('a later re-install starts a new generation, with the same credentials too', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await stack.send(uninstalled(), { at: 2 })

    expect(await stack.send(installed('client-a'), { at: 3 })).toBe('accepted')
    await stack.prover.proveDue()

    expect(await states(stack)).toEqual(['uninstalled', 'active'])
    expect(await findCredentialsInForce(stack.db, account)).toMatchObject({ generation: 2 })
    expect(await stack.send(uninstalled(), { at: 2 })).toBe('duplicate')
  })

  test('an INSTALLED that is newer survives an UNINSTALLED that arrives later, with its tokens', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await install(stack, 'client-b', 5)
    await storeToken(stack.db, token(2))

    expect(await stack.send(uninstalled(), { at: 3 })).toBe('superseded')

    expect(await states(stack)).toEqual(['uninstalled', 'active'])
    expect(await findToken(stack.db, account, 'a')).toMatchObject({ generation: 2 })
    expect((await stack.audit()).at(-1)).toBe('installation.earlier-uninstalled')
    expect(await described(stack)).toMatchObject({ state: 'active' })
  })

  test('pending credentials that are newer survive it and come into force', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await stack.send(installed('client-b'), { at: 5 })
    expect(await stack.send(uninstalled(), { at: 3 })).toBe('accepted')
    await stack.prover.proveDue()
    expect(await states(stack)).toEqual(['uninstalled', 'active'])
  })
})

describe('invariant 8: an uninstall that is not bound is only a signal', () => {
  test('it is shown, and everything goes on', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await storeToken(stack.db, token(1))

    expect(await stack.send(uninstalled(), { at: 2, bound: false })).toBe('accepted')
    expect(await stack.send(uninstalled(), { at: 2, bound: false })).toBe('duplicate')

    expect(await findCredentialsInForce(stack.db, account)).toMatchObject({ clientId: 'client-a' })
    expect(await findToken(stack.db, account, 'a')).toBeDefined()
    expect(await described(stack)).toMatchObject({
      state: 'active',
      uninstallSignalledAt: new Date(stack.clock.now().getTime() + 2_000).toISOString(),
    })
    expect((await stack.audit()).filter((event) => event === 'installation.uninstall-signalled')).toHaveLength(1)
  })

  test('credentials that are refused repeatedly after it make it effective', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    stack.clients.set('client-a', refuses)
    await stack.send(uninstalled(), { at: 2, bound: false })

    for (const expected of ['parked', 'parked', 'uninstalled']) {
      await stack.prover.proveDue()
      expect(await states(stack)).toEqual([expected])
    }

    expect(await stack.dump()).not.toContain('eyJ')
    expect(await stack.installation()).toMatchObject({
      activeGeneration: null,
      uninstalledAt: new Date(stack.clock.now().getTime() + 2_000),
      uninstallSignalledAt: null,
    })
    expect(await stack.send(uninstalled(), { at: 2 })).toBe('duplicate')
  })

  test('credentials that still work are asked once, and the signal stays', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await stack.send(uninstalled(), { at: 2, bound: false })
    for (let round = 0; round < 3; round++) await stack.prover.proveDue()
    expect(stack.exchanged).toEqual(['client-a', 'client-a'])
    expect(await stack.installation()).toMatchObject({ activeGeneration: 1, uninstallSignalledAt: expect.any(Date) })
  })

  test.each([
    ['after the signal survives it', 3, ['superseded', 'active']],
    ['before the signal ends with it', 2, ['uninstalled', 'uninstalled']],
  ])('a re-install that waits and was sent %s', async (_title, at, expected) => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    stack.clients.set('client-a', refuses)
    await stack.send(uninstalled(), { at: 2, bound: false })
    await stack.send(installed('client-b'), { at, bound: false })
    for (let round = 0; round < 5; round++) await stack.prover.proveDue()
    expect(await states(stack)).toEqual(expected)
  })

  test('the same said again by an identity that binds it takes effect', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', 1)
    await stack.send(uninstalled(), { at: 2, bound: false })
    expect(await stack.send(uninstalled(), { at: 2 })).toBe('accepted')
    expect(await states(stack)).toEqual(['uninstalled'])
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
