import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { defineAction } from '../../packages/standin/src/actions/define-action.ts'
import { systemClock } from '../../packages/standin/src/clock.ts'
import { inTransaction } from '../../packages/standin/src/context.ts'
import { acceptRun } from '../../packages/standin/src/runs/accept-run.ts'
import { openTestReplica } from '../../packages/standin/test/test-replica.ts'
import { startWorking, withRuns } from '../../packages/standin/test/with-runs.ts'
import type { Comparison } from '../compare.ts'
import { fillDatabase } from '../filled-database.ts'

const accountCount = 1_000
const seconds = 1

const nothing = defineAction({
  id: 'nothing',
  title: 'Nothing',
  description: 'Ends at once.',
  input: z.object({}),
  scopes: [],
  changesData: false,
  mayOverlap: true,
  run: async ({ checkpoint }) => checkpoint(1),
})

/** A run each second for each of 1,000 accounts: how many one process accepts, works on and ends. */
export async function runPerSecond(): Promise<AsyncDisposable & { comparisons: Comparison[] }> {
  const database = await fillDatabase(accountCount)
  const replica = openTestReplica(database, { clock: systemClock })
  const ctx = withRuns(replica.ctx, [nothing])
  const working = await startWorking(ctx)
  const startedBy = { kind: 'service', id: 'bench', name: 'bench' } as const

  async function measure() {
    await database.sql`delete from runs`
    const accepting: Promise<unknown>[] = []
    const beganAtMs = performance.now()
    for (let nth = 0; nth < accountCount * seconds; nth++) {
      const accountId = database.accounts[nth % accountCount] ?? ''
      const run = { action: nothing, accountId, mode: 'apply', input: {}, idempotencyKey: `run ${nth}` } as const
      accepting.push(
        inTransaction(ctx, (tx) => acceptRun(tx, { ...run, readsWith: nothing.scopes, startedBy, actor: startedBy })),
      )
      if (nth % 10 === 9) await pause(Math.max(0, beganAtMs + nth + 1 - performance.now()))
    }
    await Promise.all(accepting)
    for (let left = 1; left > 0; ) {
      await pause(50)
      const [row] = await database.sql`select count(*)::int as open from runs where ended_at is null`
      left = Number(row?.open)
    }
    return { value: (accountCount * seconds * 1_000) / (performance.now() - beganAtMs) }
  }
  return {
    comparisons: [
      {
        id: 'run-per-second',
        name: 'a run per second for each of 1,000 accounts: runs accepted, worked on and ended by one process',
        unit: '/s',
        goal: 1_000,
        better: 'more',
        rounds: 2,
        subject: { name: 'startWorking', measure },
      },
    ],
    async [Symbol.asyncDispose]() {
      await working[Symbol.asyncDispose]()
      await replica.close()
      await database[Symbol.asyncDispose]()
    },
  }
}
