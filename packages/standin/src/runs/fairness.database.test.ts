import { expect, test } from 'vitest'
import { z } from 'zod'
import { createRunStack } from '../../test/run-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { startWorking } from '../../test/with-runs.ts'
import { defineAction } from '../actions/define-action.ts'

test('invariant 20: ten thousand waiting runs of one account delay the single runs of others by at most two seconds', async () => {
  await using database = await createTestDatabase()
  const gate = Promise.withResolvers<void>()
  const action = { title: 'x', description: 'x', input: z.object({}), scopes: [], changesData: false, mayOverlap: true }
  await using stack = await createRunStack({
    database,
    actions: [
      defineAction({ ...action, id: 'endless', run: () => gate.promise }),
      defineAction({ ...action, id: 'single', run: async () => {} }),
    ],
  })
  const { sql } = stack
  await stack.start()
  await sql`insert into runs (account_id, action_id, mode, input, idempotency_key, started_by, reads_with, may_overlap, state, progress, steps)
    select account_id, action_id, mode, input, 'waiting-' || n, started_by, reads_with, true, 'queued', progress, steps
    from runs, generate_series(1, 10000) n`
  await stack.start()
  await using _ = await startWorking(stack.ctx)

  for (let other = 0; other < 10; other++) {
    const { id } = await stack.start({ actionId: 'single', accountId: `00000000-0000-4000-8000-00000000000${other}` })
    await expect.poll(async () => (await stack.run(id)).state, { interval: 10 }).toBe('succeeded')
  }

  const waits =
    await sql`select (extract(epoch from started_at - created_at) * 1000)::int as ms from runs where action_id = 'single'`
  expect(waits.filter(({ ms }) => ms >= 2_000)).toEqual([])
  expect(await sql`select count(*)::int from runs where state = 'running'`).toEqual([{ count: 2 }])
  gate.resolve()
})
