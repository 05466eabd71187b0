import { describe, expect, test } from 'vitest'
import {
  account,
  type CallbackStack,
  installed,
  otherAccount,
  prepareCallbackStacks,
  refuses,
  works,
} from '../../test/callback-stack.ts'
import { findCredentialsInForce } from './credentials-in-force.ts'
import { approveCredentials, refuseCredentials, releaseCredentials } from './decide-credentials.ts'
import { parkCredentials } from './park-credentials.ts'
import { proveDueCredentials } from './prove-credentials.ts'
import { rollBackCredentials } from './roll-back-credentials.ts'

const createStack = prepareCallbackStacks()
const operator = { kind: 'operator', id: 'test' } as const

const states = async (stack: CallbackStack, accountId = account) =>
  (await stack.rows(accountId)).map(({ state }) => state)
const inForce = async (stack: CallbackStack, accountId = account) =>
  (await findCredentialsInForce(stack.ctx, accountId)).clientId
async function install(stack: CallbackStack, clientId: string, how: { at: number; bound?: boolean }): Promise<void> {
  await stack.send(installed(clientId), how)
  await proveDueCredentials(stack.ctx)
}

describe('invariant 5: users who may approve can also refuse', () => {
  test('refused credentials never serve, and those in force continue', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', { at: 1 })
    await install(stack, 'client-of-attacker', { at: 2, bound: false })

    await refuseCredentials(stack.ctx, { accountId: account, generation: 2, actor: operator })
    stack.clients.set('client-a', refuses) // Waiting credentials would now take over.
    for (let round = 0; round < 5; round++) await proveDueCredentials(stack.ctx)
    await parkCredentials(stack.ctx, { accountId: account, generation: 1 })
    for (let round = 0; round < 5; round++) await proveDueCredentials(stack.ctx)

    expect(await states(stack)).toEqual(['parked', 'rejected'])
    expect((await stack.rows())[1]).toMatchObject({ reason: 'CREDENTIALS_REJECTED', sealedSecret: expect.any(String) })
    expect(await stack.audit()).toContain('credentials.declined')
  })

  test.each(['active', 'missing'])('credentials that are %s cannot be refused', async (which) => {
    const stack = await createStack()
    await install(stack, 'client-a', { at: 1 })
    const generation = which === 'active' ? 1 : 7
    await expect(
      refuseCredentials(stack.ctx, { accountId: account, generation, actor: operator }),
    ).rejects.toMatchObject({ reason: 'INPUT_INVALID' })
    expect(await states(stack)).toEqual(['active'])
  })

  test('when an approval and a refusal arrive at once, only one takes effect', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', { at: 1 })
    await install(stack, 'client-b', { at: 2, bound: false })
    const decision = { accountId: account, generation: 2, actor: operator }

    const decided = await Promise.allSettled([
      approveCredentials(stack.ctx, decision),
      refuseCredentials(stack.ctx, decision),
    ])

    expect(decided.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const approved = decided[0].status === 'fulfilled'
    expect(await states(stack)).toEqual(approved ? ['superseded', 'active'] : ['active', 'rejected'])
  })
})

test('invariant 5: refusals from before a re-install that nothing binds do not hand the account over', async () => {
  const stack = await createStack()
  await install(stack, 'client-a', { at: 1 })
  stack.clients.set('client-a', refuses)
  await stack.prover.park({ accountId: account, generation: 1 })
  await stack.probe(8)
  await stack.send(installed('client-b'), { bound: false })
  await proveDueCredentials(stack.ctx)

  await stack.probe(3)
  expect(await states(stack)).toEqual(['parked', 'awaiting-approval'])
  await stack.probe(3)
  expect(await states(stack)).toEqual(['superseded', 'active'])
})

describe('invariant 4: quarantine is left by an operator’s release and a proof', () => {
  /** The same client, sent for another account. */
  async function quarantined(environment = {}) {
    const stack = await createStack(environment)
    stack.clients.set('client-a', works({ account }))
    await install(stack, 'client-a', { at: 1 })
    await stack.send(installed('client-a', { accountId: otherAccount }), { at: 2, claims: { accountId: otherAccount } })
    expect(await states(stack, otherAccount)).toEqual(['quarantined'])
    return stack
  }
  const release = (stack: CallbackStack) =>
    releaseCredentials(stack.ctx, { accountId: otherAccount, generation: 1, actor: operator })

  test('released ones are proven again, and serve once they work', async () => {
    const stack = await quarantined()
    await release(stack)
    expect(await states(stack, otherAccount)).toEqual(['pending'])

    await proveDueCredentials(stack.ctx)

    expect(await inForce(stack, otherAccount)).toBe('client-a')
    expect(await inForce(stack)).toBe('client-a')
    expect((await stack.audit()).slice(-2)).toEqual(['credentials.released', 'credentials.proven'])
  })

  test('the account that the client served first is unparked, although the client now serves another account too', async () => {
    const stack = await quarantined()
    await release(stack)
    await proveDueCredentials(stack.ctx)
    await parkCredentials(stack.ctx, { accountId: account, generation: 1 })

    await proveDueCredentials(stack.ctx)

    expect(await states(stack)).toEqual(['active'])
    expect(await states(stack, otherAccount)).toEqual(['active'])
  })

  test('released ones that Trackunit refuses serve no account', async () => {
    const stack = await quarantined()
    stack.settings.patienceMs = 0
    await release(stack)
    stack.clients.set('client-a', refuses)
    await proveDueCredentials(stack.ctx)
    expect(await states(stack, otherAccount)).toEqual(['rejected'])
  })

  test('a token that names another account sends them back', async () => {
    const stack = await quarantined({ TRACKUNIT_ACCOUNT_CLAIM: 'account' })
    await release(stack)
    await proveDueCredentials(stack.ctx)
    expect(await states(stack, otherAccount)).toEqual(['quarantined'])
  })

  test('only what is in quarantine can be released', async () => {
    const stack = await createStack()
    await install(stack, 'client-a', { at: 1 })
    const key = { accountId: account, actor: operator }
    for (const generation of [1, 2])
      await expect(releaseCredentials(stack.ctx, { ...key, generation })).rejects.toMatchObject({
        reason: 'INPUT_INVALID',
      })
    await expect(
      releaseCredentials(stack.ctx, { ...key, accountId: otherAccount, generation: 1 }),
    ).rejects.toMatchObject({ reason: 'INSTALLATION_NOT_FOUND' })
  })
})

describe('invariant 3: replaced credentials are kept, so that an operator can roll back', () => {
  const rollBack = (stack: CallbackStack, generation: number) =>
    rollBackCredentials(stack.ctx, { accountId: account, generation, actor: operator })

  /** `client-b` has replaced `client-a`. */
  async function replaced() {
    const stack = await createStack()
    await install(stack, 'client-a', { at: 1 })
    await install(stack, 'client-b', { at: 2 })
    expect(await states(stack)).toEqual(['superseded', 'active'])
    return stack
  }

  test('they come back as a new generation once they are proven', async () => {
    const stack = await replaced()

    expect(await rollBack(stack, 1)).toBe(3)
    expect(await inForce(stack)).toBe('client-b')
    await proveDueCredentials(stack.ctx)

    expect(await findCredentialsInForce(stack.ctx, account)).toMatchObject({ clientId: 'client-a', generation: 3 })
    expect(await states(stack)).toEqual(['superseded', 'superseded', 'active'])
    expect((await stack.audit()).slice(-2)).toEqual(['credentials.rolled-back', 'credentials.proven'])
  })

  test('if they no longer work, those in force continue', async () => {
    const stack = await replaced()
    stack.clients.set('client-a', refuses)
    await rollBack(stack, 1)
    stack.clock.advance(3_600_000)
    await proveDueCredentials(stack.ctx)
    expect(await states(stack)).toEqual(['superseded', 'active', 'rejected'])
    expect(await inForce(stack)).toBe('client-b')
  })

  test.each([
    { from: [1, 1], firstProven: 5 },
    { from: [1, 1], firstProven: 4 },
    { from: [1, 2], firstProven: 5 },
    { from: [2, 1], firstProven: 5 },
  ])('the last of two decisions wins: $from, proven first $firstProven', async ({ from, firstProven }) => {
    const stack = await createStack()
    for (const at of [1, 2, 3]) await install(stack, `client-${at}`, { at })
    for (const generation of from) await rollBack(stack, generation)
    const later = firstProven === 5 ? 4 : 5
    await stack.connection.sql`update credentials set next_attempt_at = null where generation = ${later}`
    await proveDueCredentials(stack.ctx)
    await stack.connection.sql`
      update credentials set next_attempt_at = now() - interval '1 second' where state = 'pending'`
    await proveDueCredentials(stack.ctx)
    expect(await findCredentialsInForce(stack.ctx, account)).toMatchObject({ generation: 5 })
  })

  test('redeliveries of both change nothing, and a newer callback still takes over', async () => {
    const stack = await replaced()
    await rollBack(stack, 1)
    await proveDueCredentials(stack.ctx)

    expect(await stack.send(installed('client-a'), { at: 1 })).toBe('duplicate')
    expect(await stack.send(installed('client-b'), { at: 2 })).toBe('duplicate')
    await proveDueCredentials(stack.ctx)
    expect(await inForce(stack)).toBe('client-a')

    await install(stack, 'client-c', { at: 3 })
    expect(await inForce(stack)).toBe('client-c')
  })

  test('credentials that are in force, waiting or erased cannot be rolled back to', async () => {
    const stack = await replaced()
    await stack.send(installed('client-c'), { at: 3 })
    await stack.connection.sql`update credentials set sealed_secret = null where generation = 1`
    for (const generation of [1, 2, 3, 9])
      await expect(rollBack(stack, generation)).rejects.toMatchObject({ reason: 'INPUT_INVALID' })
    expect(await stack.rows()).toHaveLength(3)
  })
})
