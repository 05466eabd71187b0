import { afterAll, expect, test, vi } from 'vitest'
import { patiently } from '../../test/patiently.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { createTokenStack } from '../../test/token-stack.ts'
import { hasPgBouncer, startTransactionPooler } from '../../test/transaction-pooler.ts'
import { aliveReplicas } from '../database/replica-store.ts'

const database = await createTestDatabase()
afterAll(database.drop)

test.skipIf(!hasPgBouncer)(
  'invariant 11: with a transaction pooler in between, two replicas share one exchange and hear of each other (needs pgbouncer on the path)',
  async () => {
    await using pooler = await startTransactionPooler(database.url)
    await using stack = await createTokenStack(database)
    await stack.install()
    const pooled = { through: pooler.url, directUrl: database.url, pooled: true }
    const replicas = [await stack.startReplica(pooled), await stack.startReplica(pooled)]

    const run = { kind: 'system', id: 'run 1' } as const
    const tokens = await Promise.all(
      replicas.flatMap((issue) => Array.from({ length: 20 }, () => issue(run, { scopes: ['a'] }))),
    )

    expect(new Set(tokens.map(({ accessToken }) => accessToken.reveal()))).toEqual(new Set(['token-1']))
    expect(stack.endpoint.exchanges).toHaveLength(1)
    expect(await aliveReplicas(stack.db)).toEqual(new Set(replicas.map(({ replica }) => replica.id())))

    await stack.passTime(3_400_000)
    await replicas[0]?.refreshDue()
    await vi.waitFor(
      async () => expect((await replicas[1]?.(run, { scopes: ['a'] }))?.accessToken.reveal()).toBe('token-2'),
      patiently,
    )
  },
)
