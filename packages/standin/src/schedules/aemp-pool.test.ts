import { setImmediate as otherWork } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineAction } from '../actions/define-action.ts'
import { checkAempPool } from './aemp-pool.ts'

const now = new Date('2026-11-28T22:00:00Z')
const planned = {
  accountId: '11111111-1111-4111-8111-111111111111',
  actionId: 'aemp',
  input: {},
  anchorAt: now,
  recurrence: 'FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=1;BYHOUR=6',
  timeZone: 'Europe/Copenhagen',
}
const aemp = defineAction({
  id: 'aemp',
  title: 'A',
  description: 'A.',
  input: z.object({}),
  scopes: [],
  changesData: false,
  limits: { aempReadsPerRun: () => 1 },
  run: async () => {},
})

test('invariant 25: while it looks at the schedules of an account, the process does other work', async () => {
  const others = Array.from({ length: 50 }, () => ({ ...planned, recurrence: 'FREQ=YEARLY;BYMONTH=6;BYHOUR=6' }))
  let isDone = false
  const checked = checkAempPool(planned, { others, hasGraphql: true, now, findAction: () => aemp }).finally(() => {
    isDone = true
  })
  let turns = 0
  for (; !isDone; turns++) await otherWork()
  await checked
  expect(turns).toBeGreaterThan(40)
})
