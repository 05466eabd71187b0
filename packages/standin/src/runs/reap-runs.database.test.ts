import { afterAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { patiently } from '../../test/patiently.ts'
import { createRunStack } from '../../test/run-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { defineAction } from '../actions/define-action.ts'
import { createListener } from '../database/listen.ts'
import { aliveReplicas } from '../database/replica-store.ts'
import { claimDueRuns } from './claim-runs.ts'
import { reapRuns } from './reap-runs.ts'
import { claimRuns } from './run-lease-store.ts'

const database = await createTestDatabase()
afterAll(database.drop)

const actions = ['report', 'count'].map((id) =>
  defineAction({
    id,
    title: id,
    description: id,
    input: z.object({}),
    scopes: ['a'],
    changesData: false,
    run: async () => {},
  }),
)

/** A process that frees runs, and another one that claims runs and may die. */
async function setUp() {
  const stack = await createRunStack({ database, actions })
  const other = createListener(database.url)
  await other.on('run_cancel', () => {})
  const replicaId = other.replica.id() ?? 0
  return {
    stack,
    claim: () => claimRuns(stack.ctx, { replicaId, limit: 8 }),
    reap: () => reapRuns(stack.ctx),
    async die(): Promise<void> {
      await other.close()
      const alive = async () => (await aliveReplicas(stack.db)).has(replicaId)
      await vi.waitFor(async () => expect(await alive()).toBe(false), patiently)
    },
    [Symbol.asyncDispose]: async () => {
      await other.close()
      await stack[Symbol.asyncDispose]()
    },
  }
}

describe('invariant 19: a run whose worker died', () => {
  test('is due again as soon as the replica is gone, and not before', async () => {
    await using two = await setUp()
    const { id } = await two.stack.start()
    await two.claim()
    await two.reap()
    expect(await two.stack.due()).toEqual([])

    await two.die()
    await two.reap()
    expect(await two.stack.due()).toEqual([id])
    await two.reap()
    expect(await two.stack.due()).toEqual([id])
  })

  test('wakes the workers', async () => {
    await using two = await setUp()
    await two.stack.start()
    await two.claim()
    await two.die()
    let woken = 0
    await two.stack.listener.on('run_due', () => void woken++)

    await two.reap()

    await vi.waitFor(() => expect(woken).toBe(1), patiently)
  })

  test('is due again, also if a worker was only supposed to end it', async () => {
    await using two = await setUp()
    const { id } = await two.stack.start()
    await two.claim()
    await two.stack.cancel(id)
    expect(await two.stack.run(id)).toMatchObject({ state: 'cancelling' })
    await two.die()
    await two.reap()
    expect(await two.stack.due()).toEqual([id])
  })

  test('is due again after the next look if this one fails', async () => {
    await using two = await setUp()
    const { id } = await two.stack.start()
    await two.claim()
    await two.die()

    const select = vi.spyOn(two.stack.db, 'select').mockImplementationOnce(() => {
      throw new Error('the database is away')
    })
    await expect(two.reap()).rejects.toThrow('the database is away')
    select.mockRestore()
    await two.reap()
    expect(await two.stack.due()).toEqual([id])
  })

  test('is left alone if a living worker holds it by now, or if it waits for a later time', async () => {
    await using two = await setUp()
    const [taken, waits] = [await two.stack.start(), await two.stack.start({ actionId: 'count' })]
    await two.claim()
    const third = createListener(database.url)
    await third.on('run_cancel', () => {})
    await using _ = { [Symbol.asyncDispose]: third.close }
    await two.stack.sql`update runs set replica_id = ${third.replica.id() ?? 0} where id = ${taken.id}`
    await two.stack.sql`update runs set state = 'waiting', replica_id = null, waiting_until = now() + interval '1 hour'
      where id = ${waits.id}`

    await two.die()
    await two.reap()
    expect(await two.stack.due()).toEqual([])
    expect(await two.stack.run(taken.id)).toMatchObject({ state: 'running', replicaId: third.replica.id() })
  })
})

test('a run that this process is just claiming does not count as left behind', async () => {
  await using two = await setUp()
  const { ctx } = two.stack
  for (let nth = 0; nth < 20; nth++) {
    const { id } = await two.stack.start()
    const reaping = Array.from({ length: 5 }, () => reapRuns(ctx))
    await Promise.all([reapRuns(ctx), claimDueRuns(ctx), ...reaping])
    await Promise.all([...ctx.runs.working].map(({ ended }) => ended))
    expect(await two.stack.run(id)).toMatchObject({ state: 'succeeded', epoch: 1 })
  }
})
