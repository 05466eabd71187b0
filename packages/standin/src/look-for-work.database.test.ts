import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { account, caller, createRunStack } from '../test/run-stack.ts'
import { createTestDatabase } from '../test/test-database.ts'
import { unheard } from '../test/unheard.ts'
import { defineAction } from './actions/define-action.ts'
import { startRun } from './actions/start-run.ts'
import { lookForWork } from './look-for-work.ts'
import { runsDue, runsHeld } from './runs/run-lease-store.ts'

const database = await createTestDatabase()
afterAll(() => database.drop())
const action = defineAction({
  id: 'a',
  title: 'A',
  description: 'A.',
  input: z.object({}),
  scopes: ['a'],
  changesData: false,
  run: async () => {},
})

test('work is found without a notice: a process that died after its commit and before its notice loses nothing', async () => {
  await using stack = await createRunStack({ database, actions: [action] })
  const woken: string[] = []
  const heard: Array<number | undefined> = []
  const waiting = new Map([
    [
      'claim',
      { due: runsDue, loops: [{ wake: () => void woken.push('claim') }], hear: (ms?: number) => void heard.push(ms) },
    ],
    ['reap', { due: runsHeld, loops: [{ wake: () => void woken.push('reap') }] }],
  ])
  expect(await lookForWork(stack.ctx, waiting)).toBe(false)
  expect([woken, heard]).toEqual([[], [undefined]])

  await stack.install()
  const { id } = await startRun({ ...stack.ctx, notices: unheard }, caller, {
    actionId: 'a',
    accountId: account,
    input: {},
    idempotencyKey: 'key',
    mode: 'apply',
    deliverTo: [],
  })
  await lookForWork(stack.ctx, waiting)
  expect(woken).toEqual(['claim'])

  await stack.dieWith(id)
  await lookForWork(stack.ctx, waiting)
  expect(woken).toEqual(['claim', 'reap'])
})

test('the next look comes when the next work is due', async () => {
  await using stack = await createRunStack({ database, actions: [action] })
  const { id } = await stack.start()
  await stack.sql`update runs set state = 'waiting', waiting_until = now() + interval '1 minute' where id = ${id}`

  const inMs = await lookForWork(stack.ctx, new Map([['claim', { due: runsDue, loops: [] }]]))

  expect(inMs).toBeGreaterThan(0)
  expect(inMs).toBeLessThanOrEqual(60_000)
})
