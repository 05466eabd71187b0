import { afterAll, expect, test } from 'vitest'
import { operate } from '../../../test/operate.ts'
import { createReportAction } from '../../../test/report-action.ts'
import { account, createRunStack, caller as service } from '../../../test/run-stack.ts'
import { createTestDatabase } from '../../../test/test-database.ts'
import { claimDueDelivery } from '../../deliveries/delivery-store.ts'
import { createSchedule } from '../../schedules/manage-schedules.ts'
import { listSchedules } from '../../schedules/schedule-store.ts'
import { startDueSchedules } from '../../schedules/start-due-schedules.ts'

const database = await createTestDatabase()
afterAll(database.drop)

test('invariant 27: what a restored database has as under way is not done again, until a person resumes it', async () => {
  let changes = 0
  const change = {
    ...createReportAction(async ({ effect, mode }) => {
      if (mode === 'apply') await effect({ key: 'the change', do: async () => ++changes })
    }),
    id: 'change',
    changesData: true,
  }
  await using stack = await createRunStack({ database, actions: [createReportAction(), change] })
  const standin = (...argv: string[]) =>
    operate(
      {
        url: database.url,
        ringText: `first:${Buffer.from(Uint8Array.from({ length: 32 }, (_, index) => index)).toString('base64url')}`,
      },
      argv,
    )
  const worker = stack.createWorker()
  const deliverTo = [{ kind: 'email' as const, to: 'anna@acme.example' }]
  const preview = await stack.start({ actionId: 'change', mode: 'preview' })
  await worker.workOn(preview.id)
  const sent = await stack.start()
  await worker.workOn(sent.id)
  const due = { recurrence: 'FREQ=DAILY;BYHOUR=6', timeZone: 'Europe/Copenhagen', input: {}, deliverTo: [] }
  await createSchedule(stack.ctx, service, { ...due, accountId: account, actionId: 'report' })
  await stack.sql`update schedules set due_at = now() - interval '1 minute'`
  await stack.sql`
    insert into deliveries (account_id, run_id, position, destination, next_try_at)
    values (${account}, ${sent.id}, 0, ${JSON.stringify(deliverTo[0])}::text::jsonb, now())`
  const [queued, held] = [await stack.start(), await stack.start()]
  await stack.dieWith(held.id)

  // The backup ends here. After it the server made the change, finished the runs and sent the result: nothing of that is left.
  changes++
  const restored = await standin('database', 'after-restore', '--yes', '--json')

  expect(JSON.parse(restored.out)).toMatchObject({ runsEnded: 2, schedulesPaused: 1, deliveriesStopped: 1 })
  for (const { id } of [queued, held]) {
    expect(await stack.run(id)).toMatchObject({ state: 'failed', reason: 'RESTORED', replicaId: null })
    await worker.workOn(id)
    // Who watches the run has seen more events than the database has, and still sees its end.
    const end = (await stack.eventsOf(id)).at(-1)
    expect(end).toMatchObject({ type: 'state', state: 'failed', reason: 'RESTORED' })
    expect(end?.seq).toBeGreaterThan(1_000_000)
  }
  expect(await stack.due()).toEqual([])
  await expect(stack.start({ actionId: 'change', previewRunId: preview.id })).rejects.toMatchObject({
    reason: 'PREVIEW_REQUIRED',
  })
  expect(changes).toBe(1)
  const claim = () => claimDueDelivery(stack.db, { leaseMs: 1, last: [] })
  expect(await claim()).toBeUndefined()
  expect(await startDueSchedules(stack.ctx)).toBe(false)
  const schedule = async () => (await listSchedules(stack.db, { accountId: account, limit: 1 }))[0]
  expect(await schedule()).toMatchObject({ state: 'paused', reason: 'RESTORED' })

  expect(await standin('database', 'resume')).toMatchObject({
    exitCode: 2,
    said: expect.stringContaining('--schedules'),
  })
  const other = ['--account', '22222222-2222-4222-8222-222222222222']
  expect((await standin('database', 'resume', '--schedules', '--deliveries', ...other)).out).toBe(
    '0 schedules and 0 deliveries.\n',
  )
  expect((await standin('database', 'resume', '--schedules', '--deliveries')).out).toBe(
    '1 schedules and 1 deliveries.\n',
  )
  expect(await schedule()).toMatchObject({ state: 'active', reason: null })
  expect((await schedule())?.dueAt?.getTime()).toBeGreaterThan(Date.now())
  expect(await claim()).toMatchObject({ claimed: { runId: sent.id } })

  // A new preview looks at what Trackunit has now.
  await stack.sql`update credentials set is_unconfirmed = false`
  const again = await stack.start({ actionId: 'change', mode: 'preview' })
  await worker.workOn(again.id)
  expect((await stack.start({ actionId: 'change', previewRunId: again.id })).state).toBe('queued')
})
