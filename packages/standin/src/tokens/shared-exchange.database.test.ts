import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../../test/test-database.ts'
import { account, createTokenStack } from '../../test/token-stack.ts'

const database = await createTestDatabase()
afterAll(database.drop)

const run = { kind: 'system', id: 'run 1' } as const
const both = { scopes: ['a', 'b'] }
const text = ({ accessToken }: { accessToken: { reveal(): string } }) => accessToken.reveal()
const fingerprint = (token: string) => createHash('sha256').update(token).digest('base64url')
const each = async <Item, Result>(items: readonly Item[], times: number, ask: (item: Item) => Promise<Result>) =>
  Promise.all(items.flatMap((item) => Array.from({ length: times }, () => ask(item))))

/** Their callers ask again, as callers do, while a busy machine takes the database for down. */
async function startReplicas(stack: Awaited<ReturnType<typeof createTokenStack>>, count: number) {
  const replicas = await Promise.all(Array.from({ length: count }, () => stack.startReplica()))
  return replicas.map((issue) => {
    const ask = async (...asked: Parameters<typeof issue>): ReturnType<typeof issue> =>
      issue(...asked).catch(async (error) => {
        if (error.reason !== 'STORAGE_UNAVAILABLE') throw error
        await pause(50)
        return ask(...asked)
      })
    return Object.assign(ask, issue)
  })
}

describe('invariant 11: one exchange, however many callers on however many replicas', () => {
  test('a hundred callers on each of three replicas get the token of one exchange', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const replicas = await startReplicas(stack, 3)

    const tokens = await each(replicas, 100, (issue) => issue(run, both))

    expect(new Set(tokens.map(text))).toEqual(new Set(['token-1']))
    expect(stack.endpoint.exchanges).toHaveLength(1)
  })

  test('a failure reaches all of them, after one request', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const replicas = await startReplicas(stack, 3)
    stack.endpoint.answers(() => stack.endpoint.failure('unavailable', 60_000))

    const outcomes = await each(replicas, 10, (issue) => issue(run, both).catch(({ reason }) => reason))

    expect(new Set(outcomes)).toEqual(new Set(['TRACKUNIT_UNAVAILABLE']))
    expect(stack.endpoint.exchanges).toHaveLength(1)
  })

  test('credentials that come into force during an exchange do not wait for it', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const [issue, other] = await startReplicas(stack, 2)
    const { arrived, release } = stack.endpoint.hold()
    const early = issue?.(run, both)
    await arrived
    await stack.install({ generation: 2 })
    stack.endpoint.answers(() => stack.endpoint.token())

    expect(text(await (other?.(run, both) ?? Promise.reject()))).toBe('token-2')
    release()
    expect(text(await (early ?? Promise.reject()))).toBe('token-2')
  })

  test('a lease that was lost is noticed at the writing: the token is dropped, and the stored one served', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const [issue, other] = await startReplicas(stack, 2)
    const { arrived, release } = stack.endpoint.hold()
    const early = issue?.(run, both)
    await arrived
    // As the clock of the database does for a holder that stands still.
    await stack.sql`update token_leases set lease_until = now()`
    stack.endpoint.answers(() => stack.endpoint.token({ text: 'by the other' }))
    expect(text(await (other?.(run, both) ?? Promise.reject()))).toBe('by the other')

    release(stack.endpoint.token({ text: 'late' }))

    expect(text(await (early ?? Promise.reject()))).toBe('by the other')
    expect(await stack.sql`select fingerprint from access_tokens`).toEqual([
      { fingerprint: fingerprint('by the other') },
    ])
  })

  test('and so is a failure that arrives late: it parks and pauses nothing', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const [issue, other] = await startReplicas(stack, 2)
    const { arrived, release } = stack.endpoint.hold()
    const early = issue?.(run, both)
    await arrived
    await stack.sql`update token_leases set lease_until = now()`
    stack.endpoint.answers(() => stack.endpoint.token({ text: 'by the other' }))
    await other?.(run, both)

    release(stack.endpoint.failure('invalid-client'))

    expect(text(await (early ?? Promise.reject()))).toBe('by the other')
    expect(await stack.sql`select state from credentials`).toEqual([{ state: 'active' }])
    expect(await stack.sql`select from exchange_pauses`).toEqual([])
  })
})

describe('invariant 15: one refused token, refused to a hundred callers on three replicas', () => {
  const rejected = { ...both, rejectedFingerprint: fingerprint('token-1') }

  test('is replaced by one exchange', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const replicas = await startReplicas(stack, 3)
    await each(replicas, 1, (issue) => issue(run, both))

    const tokens = await each(replicas, 34, (issue) => issue(run, rejected))

    expect(new Set(tokens.map(text))).toEqual(new Set(['token-2']))
    expect(stack.endpoint.exchanges).toHaveLength(2)
  })

  test('is a typed error for all of them where Trackunit hands out the same one again', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const replicas = await startReplicas(stack, 3)
    stack.endpoint.answers(() => stack.endpoint.token({ text: 'token-1' }))
    await each(replicas, 1, (issue) => issue(run, both))

    const outcomes = await each(replicas, 34, (issue) => issue(run, rejected).catch(({ reason }) => reason))

    expect(new Set(outcomes)).toEqual(new Set(['TRACKUNIT_REFUSED']))
    expect(stack.endpoint.exchanges).toHaveLength(2)
  })

  test('leaves the memory of the other replicas, so that none hands it out again', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const [issue, other] = await startReplicas(stack, 2)
    await each([issue, other], 1, async (ask) => ask?.(run, both))
    await issue?.(run, rejected)

    await expect.poll(async () => text(await (other?.(run, both) ?? Promise.reject()))).toBe('token-2')
    expect(stack.endpoint.exchanges).toHaveLength(2)
  })
})

test('at most eight scope sets of an account are kept, the least used are dropped', async () => {
  await using stack = await createTokenStack(database)
  const scopes = Array.from({ length: 9 }, (_, index) => `scope-${index}`)
  await stack.install({ grantedScopes: scopes })
  const issue = await stack.startReplica({ manifestScopes: scopes })

  for (const scope of scopes) {
    await issue(run, { scopes: [scope] })
    await stack.passTime(1_000)
  }

  expect(await stack.sql`select scope_key from access_tokens where account_id = ${account} order by 1`).toEqual(
    scopes.slice(1).map((scope_key) => ({ scope_key })),
  )
  expect(await stack.sql`select from token_leases`).toHaveLength(8)
})

test('invariant 25: a batch of one service does not hold up the single call of another', async () => {
  await using stack = await createTokenStack(database)
  const others = Array.from({ length: 40 }, (_, nth) => `99999999-0000-4000-8000-0000000000${10 + nth}`)
  for (const accountId of [account, ...others]) await stack.install({ accountId })
  const [batching, single] = [await stack.createService(), await stack.createService({ service: 'billing' })]
  const [issue] = await startReplicas(stack, 1)
  if (!issue) throw new Error('there is a replica')
  const { release } = stack.endpoint.hold()

  // The account of the single call is the last of the batch.
  const batch = [...others, account].map((accountId) => issue(batching, { ...both, accountId }))
  const settled = Promise.allSettled(batch)
  const one = issue(single, both)
  await expect.poll(() => stack.endpoint.exchanges.length).toBe(17)
  release()
  expect(text(await one)).toMatch('token')

  await settled // The service has a grant on one of the accounts.
  expect(stack.endpoint.exchanges).toHaveLength(41)
  expect(issue.ctx.tokens.turns.size()).toBe(0)
})
