import { afterAll, expect, test, vi } from 'vitest'
import { patiently } from '../test/patiently.ts'
import { createTestDatabase } from '../test/test-database.ts'
import { openTestReplica } from '../test/test-replica.ts'
import { whatIsDue } from './database/due-store.ts'
import { sweepDue } from './database/sweep-store.ts'
import { sweep } from './sweep.ts'

const database = await createTestDatabase()
afterAll(() => database.drop())

/** A replica that says how often it swept. */
async function startReplica() {
  const replica = openTestReplica(database, { pool: 2 })
  await replica.ctx.listener.on('run_event', () => {})
  let isMore = true
  let swept = 0
  return {
    ...replica,
    swept: () => swept,
    end: () => (isMore = false),
    isDue: async (name: string) => (await whatIsDue(replica.ctx.db, new Map([['it', sweepDue(name)]]))).has('it'),
    sweep: (name: string, work?: () => Promise<boolean | number>) =>
      sweep(replica.ctx, {
        name,
        everyMs: 3_600_000,
        work:
          work ??
          (async () => {
            swept++
            return isMore
          }),
      }),
  }
}

test('of several replicas one sweeps, until it has done; then it is not due for its period', async () => {
  await using one = await startReplica()
  await using other = await startReplica()
  expect(await other.isDue('ageing')).toBe(true)

  expect(await one.sweep('ageing')).toBe(true)
  expect(await other.isDue('ageing')).toBe(false)
  expect(await other.sweep('ageing')).toBe(false)
  one.end()
  expect(await one.sweep('ageing')).toBe(false)
  expect(await other.sweep('ageing')).toBe(false)

  expect(one.swept()).toBe(2)
  expect(other.swept()).toBe(0)
  expect(await other.isDue('ageing')).toBe(false)
  await one.sql`update sweeps set next_at = now() - interval '1 second' where name = 'ageing'`
  expect(await other.isDue('ageing')).toBe(true)
  expect(await other.sweep('ageing')).toBe(true)
})

test('if the replica that sweeps dies, another one continues', async () => {
  const one = await startReplica()
  await using other = await startReplica()
  await one.sweep('erasing')
  expect(await other.isDue('erasing')).toBe(false)

  await one.close()

  await vi.waitFor(async () => expect(await other.isDue('erasing')).toBe(true), patiently)
  expect(await other.sweep('erasing')).toBe(true)
})

test('work that says when there is more is due again then, and not after its period', async () => {
  await using one = await startReplica()
  expect(await one.sweep('signing', async () => 60_000)).toBe(false)
  const [row] =
    await one.sql`select holder, next_at between now() + interval '50 seconds' and now() + interval '61 seconds' as soon
      from sweeps where name = 'signing'`
  expect(row).toEqual({ holder: null, soon: true })
})

test('work that fails is tried again by any of them, and not at once', async () => {
  await using one = await startReplica()
  const failing = () => one.sweep('failing', () => Promise.reject(new Error('no')))

  await expect(failing()).rejects.toThrow('no')

  expect(await one.isDue('failing')).toBe(false)
  const [row] =
    await one.sql`select holder, next_at < now() + interval '61 seconds' as soon from sweeps where name = 'failing'`
  expect(row).toEqual({ holder: null, soon: true })
})
