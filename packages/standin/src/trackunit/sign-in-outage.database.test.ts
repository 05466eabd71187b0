import { afterAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../../test/test-database.ts'
import { createTokenStack, type TokenStack } from '../../test/token-stack.ts'
import { findTrackunitTrouble } from '../accounts/trackunit-trouble-store.ts'
import { StandinError } from '../standin-error.ts'
import { signInDownForS } from './sign-in-outage-store.ts'

const database = await createTestDatabase()
afterAll(database.drop)

const run = { kind: 'system', id: 'run 1' } as const
const accountOf = (index: number) => `22222222-2222-4222-8222-${String(index).padStart(12, '0')}`
const many = 60

/** Accounts with credentials in force, each with a client of its own. */
async function installMany(stack: TokenStack, accounts: number): Promise<string[]> {
  const ids = Array.from({ length: accounts }, (_, index) => accountOf(index))
  await Promise.all(ids.map((accountId) => stack.install({ accountId, clientId: `client of ${accountId}` })))
  return ids
}

type Issue = Awaited<ReturnType<TokenStack['startReplica']>>

/** Asks for each account's token on one of the replicas. @returns `served` or the error, for each account */
async function askAll([one, other]: readonly [Issue, Issue], accounts: readonly string[], scopes = ['a']) {
  const outcomes = await Promise.allSettled(
    accounts.map((accountId, index) => (index % 2 === 0 ? one : other)(run, { accountId, scopes })),
  )
  return outcomes.map((outcome) =>
    outcome.status === 'fulfilled' ? 'served' : outcome.reason instanceof StandinError ? outcome.reason : 'broken',
  )
}
const reasons = (answers: Awaited<ReturnType<typeof askAll>>) =>
  new Set(answers.map((answer) => (answer instanceof StandinError ? answer.reason : answer)))

describe('invariant 14: while Trackunit’s sign-in is down for all', () => {
  test('one probe at a time asks it, for all accounts and replicas; the first one that works brings all back', async () => {
    await using stack = await createTokenStack(database)
    const accounts = await installMany(stack, many)
    const replicas = [await stack.startReplica(), await stack.startReplica()] as const
    for (const [index, accountId] of accounts.slice(0, 10).entries())
      await replicas[index % 2 === 0 ? 0 : 1](run, { accountId, scopes: ['b'] })
    stack.endpoint.exchanges.length = 0
    stack.endpoint.answers(() => stack.endpoint.failure('unavailable'))

    // Five accounts fail, and the outage begins.
    for (const accountId of accounts.slice(0, 5)) await askAll(replicas, [accountId])
    expect(stack.endpoint.exchanges).toHaveLength(5)
    const answers = await askAll(replicas, accounts)
    expect(reasons(answers)).toEqual(new Set(['TRACKUNIT_UNAVAILABLE']))
    for (const answer of answers)
      expect(answer).toHaveProperty(
        'retryAfterMs',
        expect.toSatisfy((ms) => ms <= 5_000),
      )
    // The database's own time passes as well: a slow machine may see a probe or two here.
    expect(stack.endpoint.exchanges.length).toBeLessThanOrEqual(7)

    // For a minute, accounts ask every second: a probe every five seconds.
    const before = stack.endpoint.exchanges.length
    for (let second = 0; second < 60; second++) {
      await stack.passTime(1_000)
      await askAll(replicas, accounts.slice(second % 10, (second % 10) + 20))
    }
    const probes = stack.endpoint.exchanges.length - before
    expect(probes).toBeGreaterThanOrEqual(60 / 6)
    expect(probes).toBeLessThanOrEqual(60 / 3)

    // Valid tokens are still served.
    expect(reasons(await askAll(replicas, accounts.slice(0, 10), ['b']))).toEqual(new Set(['served']))

    // The sign-in works again: after the longest pause between probes, every account gets a token.
    stack.endpoint.answers(() => stack.endpoint.token())
    await stack.passTime(5_000)
    await askAll(replicas, accounts.slice(0, 1))
    expect(reasons(await askAll(replicas, accounts))).toEqual(new Set(['served']))
  })

  test('of many callers that ask while a probe is due, one asks Trackunit', async () => {
    await using stack = await createTokenStack(database)
    const accounts = await installMany(stack, 40)
    const replicas = [await stack.startReplica(), await stack.startReplica()] as const
    stack.endpoint.answers(() => stack.endpoint.failure('unavailable'))
    for (const accountId of accounts.slice(0, 5)) await askAll(replicas, [accountId])
    await stack.passTime(1_000)
    const { arrived, release } = stack.endpoint.hold()

    const asking = askAll(replicas, accounts)
    await arrived
    // Without the probing account, whose callers would wait for the probe.
    const others = accounts.filter((id) => stack.endpoint.exchanges.at(-1)?.clientId !== `client of ${id}`)
    expect(reasons(await askAll(replicas, others))).toEqual(new Set(['TRACKUNIT_UNAVAILABLE']))
    release(stack.endpoint.failure('unavailable'))
    await asking

    expect(stack.endpoint.exchanges).toHaveLength(6)
  })

  test('refused credentials, rate limits and nonsense begin no outage, and any answer ends one', async () => {
    await using stack = await createTokenStack(database)
    const accounts = await installMany(stack, 30)
    const replicas = [await stack.startReplica(), await stack.startReplica()] as const
    for (const failure of ['invalid-client', 'rate-limited', 'nonsense'] as const) {
      stack.endpoint.answers(() => stack.endpoint.failure(failure))
      await askAll(replicas, accounts.splice(0, 7))
      expect(await stack.sql`select from sign_in_outages`).toEqual([])
    }

    stack.endpoint.answers(() => stack.endpoint.failure('unavailable'))
    for (const accountId of accounts.slice(0, 5)) await askAll(replicas, [accountId])
    expect(await stack.sql`select from sign_in_outages where since is not null`).toHaveLength(1)
    await stack.passTime(1_000)
    stack.endpoint.answers(() => stack.endpoint.failure('invalid-client'))
    await askAll(replicas, accounts.slice(5, 6))
    expect(await stack.sql`select from sign_in_outages`).toEqual([])
  })

  test('a success in between resets the count', async () => {
    await using stack = await createTokenStack(database)
    const accounts = await installMany(stack, 12)
    const replicas = [await stack.startReplica(), await stack.startReplica()] as const
    for (const [index, accountId] of accounts.entries()) {
      stack.endpoint.answers(() => (index % 5 === 4 ? stack.endpoint.token() : stack.endpoint.failure('unavailable')))
      await askAll(replicas, [accountId])
    }

    expect(await stack.sql`select from sign_in_outages where since is not null`).toEqual([])
  })

  test('each account shows since when, and a metric how long', async () => {
    await using stack = await createTokenStack(database)
    const accounts = await installMany(stack, 6)
    const replicas = [await stack.startReplica(), await stack.startReplica()] as const
    stack.endpoint.answers(() => stack.endpoint.failure('unavailable'))
    for (const accountId of accounts.slice(0, 5)) await askAll(replicas, [accountId])
    await stack.passTime(60_000)

    const trouble = await findTrackunitTrouble(stack.db, accountOf(5))
    expect(Date.now() - (trouble.unavailableSince?.getTime() ?? 0)).toBeGreaterThanOrEqual(60_000)
    expect(await signInDownForS(stack.db)).toBeGreaterThanOrEqual(60)
  })
})
