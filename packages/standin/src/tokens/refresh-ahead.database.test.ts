import { afterAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../../test/test-database.ts'
import { createTokenStack, type TokenStack } from '../../test/token-stack.ts'

const database = await createTestDatabase()
afterAll(database.drop)

const run = { kind: 'system', id: 'run 1' } as const
const both = { scopes: ['a', 'b'] }
const text = ({ accessToken }: { accessToken: { reveal(): string } }) => accessToken.reveal()
const minutes = (count: number) => count * 60_000

/** How many seconds from now each token is due; null if it is no longer refreshed. */
async function dueIn({ sql }: TokenStack): Promise<Array<number | null>> {
  const rows =
    await sql`select extract(epoch from refresh_at - clock_timestamp())::float8 as due from token_leases order by scope_key`
  return rows.map(({ due }) => due)
}
const within = (from: number, to: number) => expect.toSatisfy((seconds) => seconds > from && seconds <= to)

describe('invariant 13: a token in use is replaced before its end', () => {
  test('by one exchange, though every replica looks for what is due, and all of them serve the new one', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const replicas = await Promise.all([1, 2, 3].map(() => stack.startReplica()))
    for (const issue of replicas) await issue(run, both)
    await stack.passTime(minutes(55))

    await Promise.all(replicas.map(({ refreshDue }) => refreshDue()))

    expect(stack.endpoint.exchanges).toHaveLength(2)
    for (const issue of replicas) await expect.poll(async () => text(await issue(run, both))).toBe('token-2')
    expect(stack.endpoint.exchanges).toHaveLength(2)
  })

  test('no caller waits for it: the old token is served until the new one is there', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const issue = await stack.startReplica()
    await issue(run, both)
    await stack.passTime(minutes(55))
    const { arrived, release } = stack.endpoint.hold()
    const refreshing = issue.refreshDue()
    await arrived

    expect(text(await issue(run, both))).toBe('token-1')
    release()
    await refreshing
    await expect.poll(async () => text(await issue(run, both))).toBe('token-2')
  })

  test('not before its time, and the next time comes with the next token', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const issue = await stack.startReplica()
    await issue(run, both)
    expect(await dueIn(stack)).toEqual([within(1_790, 3_240)]) // A caller waited for it: half to nine tenths of its lifetime.
    await stack.passTime(minutes(29))
    await issue.refreshDue()
    expect(stack.endpoint.exchanges).toHaveLength(1)

    await stack.passTime(minutes(26))
    await issue.refreshDue()
    expect(await dueIn(stack)).toEqual([within(3_280, 3_350)]) // No caller waited: 250 to 310 seconds before its end.
  })

  test('a token that is not used for a whole lifetime is no longer refreshed, until it is used again', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const issue = await stack.startReplica()
    await issue(run, both)
    await stack.passTime(minutes(55))
    await issue.refreshDue()
    await stack.passTime(minutes(56))
    await issue.refreshDue()

    expect(stack.endpoint.exchanges).toHaveLength(2)
    expect(await dueIn(stack)).toEqual([null])

    expect(text(await issue(run, both))).toBe('token-2')
    await issue.keepWhatWasUsed()
    await issue.refreshDue()
    expect(stack.endpoint.exchanges).toHaveLength(3)
  })

  test('a token in use is refreshed, however long ago it was first used', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const issue = await stack.startReplica()
    for (let hour = 1; hour <= 4; hour++) {
      await issue(run, both)
      await issue.keepWhatWasUsed()
      await stack.passTime(minutes(56))
      await issue.refreshDue()
    }

    expect(stack.endpoint.exchanges).toHaveLength(5)
  })

  test('an outage costs a try now and then, and is over with the first token', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const issue = await stack.startReplica()
    await issue(run, both)
    await stack.passTime(minutes(55))
    stack.endpoint.answers(() => stack.endpoint.failure('unavailable', 90_000))

    await issue.refreshDue()
    await issue.refreshDue()
    expect(stack.endpoint.exchanges).toHaveLength(2)
    expect(await dueIn(stack)).toEqual([within(80, 90)])
    expect(text(await issue(run, both))).toBe('token-1')

    await stack.passTime(90_000)
    stack.endpoint.answers(() => stack.endpoint.token())
    await issue.refreshDue()
    await expect.poll(async () => text(await issue(run, both))).toBe('token-3')
  })

  test.for<{ title: string; change: (stack: TokenStack) => Promise<unknown> }>([
    { title: 'parked', change: ({ sql }) => sql`update credentials set state = 'parked'` },
    { title: 'without one of the scopes', change: ({ sql }) => sql`update credentials set granted_scopes = '{a}'` },
  ])('an account that is $title is not asked for one', async ({ change }) => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const issue = await stack.startReplica()
    await issue(run, both)
    await stack.passTime(minutes(55))
    await change(stack)

    await issue.refreshDue()

    expect(stack.endpoint.exchanges).toHaveLength(1)
  })
})
