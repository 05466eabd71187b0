import { afterAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { createRunStack } from '../../test/run-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { defineAction } from '../actions/define-action.ts'
import { createListener } from '../database/listen.ts'
import { aliveReplicas } from '../database/replica-store.ts'
import { createReapRuns } from './reap-runs.ts'

const database = await createTestDatabase()
afterAll(database.drop)

const actions = ['report', 'count'].map((id) =>
  defineAction({
    ...{ id, title: id, description: id, input: z.object({}), scopes: ['a'], changesData: false },
    run: async () => {},
  }),
)

/** A process that looks, and another one that fetches jobs and may die. */
async function setUp() {
  const stack = await createRunStack({ database, actions })
  const other = createListener(database.url)
  await other.on('run_cancel', () => {})
  const look = createReapRuns({
    ...{ db: stack.db, queue: stack.queue, replicaId: stack.listener.replica.id },
    worker: { working: () => new Map(), lose: () => {} },
  })
  await look() // The first look of a process takes up what the one before it may have left.
  return {
    ...{ stack, look, other },
    async die(): Promise<void> {
      const id = other.replica.id() ?? 0
      await other.close()
      await vi.waitFor(async () => expect((await aliveReplicas(stack.db)).has(id)).toBe(false), { timeout: 10_000 })
    },
    sent: () => stack.sent.map(({ runId }) => runId),
    [Symbol.asyncDispose]: async () => {
      await other.close()
      await stack[Symbol.asyncDispose]()
    },
  }
}

describe('invariant 19: a run whose job was fetched by a worker that died before it took it', () => {
  test('is sent again as soon as the replica is gone, and not before', async () => {
    await using two = await setUp()
    const { id } = await two.stack.start()
    await two.look()
    expect(two.sent()).toEqual([id])

    await two.die()
    await two.look()
    expect(two.sent()).toEqual([id, id])
    await two.look()
    expect(two.sent()).toEqual([id, id])
  })

  test('is sent again also where a worker was only to end it', async () => {
    await using two = await setUp()
    const { id } = await two.stack.start()
    await two.stack.sql`update runs set state = 'cancelling' where id = ${id}`
    await two.die()
    await two.look()
    expect(two.sent()).toEqual([id, id])
  })

  test('is sent again by the next look where this one failed', async () => {
    await using two = await setUp()
    const { id } = await two.stack.start()
    await two.die()

    const fetched = vi.spyOn(two.stack.queue, 'fetched').mockRejectedValueOnce(new Error('the database is away'))
    await expect(two.look()).rejects.toThrow('the database is away')
    fetched.mockRestore()
    await two.look()
    expect(two.sent()).toEqual([id, id])
  })

  test('is left alone when somebody has taken it meanwhile, or when it waits for a time that has not come', async () => {
    await using two = await setUp()
    const [taken, waits] = [await two.stack.start(), await two.stack.start({ actionId: 'count' })]
    const own = two.stack.listener.replica.id() ?? 0
    await two.stack.sql`update runs set replica_id = ${own} where id = ${taken.id}`
    await two.stack.sql`
      update runs set state = 'waiting', waiting_until = now() + interval '1 hour' where id = ${waits.id}`

    await two.die()
    await two.look()
    expect(two.sent()).toEqual([taken.id, waits.id])
  })
})
