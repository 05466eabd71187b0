import { expect, onTestFinished, test, vi } from 'vitest'
import { startDatabaseProxy } from '../../test/database-proxy.ts'
import { patiently } from '../../test/patiently.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { connectDatabase } from './database.ts'
import { createListener } from './listen.ts'

async function listen() {
  const database = await createTestDatabase()
  const { sql, close } = connectDatabase(database.url, { pool: 1 })
  const listener = createListener(database.url)
  onTestFinished(async () => {
    await listener.close()
    await close()
    await database.drop()
  })
  const heard: string[] = []
  let connected = 0
  await listener.on(
    'run_event',
    (payload) => heard.push(payload),
    () => connected++,
  )
  return { sql, listener, heard, connected: () => connected }
}

test('hears of committed notifications only', async () => {
  const { sql, heard, connected } = await listen()

  await sql
    .begin(async (tx) => {
      await tx`select pg_notify('run_event', 'rolled back')`
      await tx`savepoint it`
      throw new Error('no')
    })
    .catch(() => {})
  await sql`select pg_notify('run_event', 'committed')`

  await vi.waitFor(() => expect(heard).toEqual(['committed']), patiently)
  expect(connected()).toBe(1)
})

test('channels are separate, and two listeners may share one', async () => {
  const { sql, listener, heard } = await listen()
  const [also, cancelled]: [string[], string[]] = [[], []]
  await listener.on('run_event', (payload) => also.push(payload))
  await listener.on('run_cancel', (payload) => cancelled.push(payload))

  await sql`select pg_notify('run_cancel', 'a'), pg_notify('run_event', 'b')`

  await vi.waitFor(() => expect([heard, also, cancelled]).toEqual([['b'], ['b'], ['a']]), patiently)
})

test('listens again after its connection is lost, and reports it', async () => {
  const { sql, heard, connected } = await listen()

  await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'standin-listen' and datname = current_database()`

  await vi.waitFor(() => expect(connected()).toBe(2), patiently)
  await sql`select pg_notify('run_event', 'after')`
  await vi.waitFor(() => expect(heard).toEqual(['after']), patiently)
})

test('two losses in a row are survived as well', async () => {
  const { sql, connected } = await listen()
  for (const loss of [2, 3]) {
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'standin-listen' and datname = current_database()`
    await vi.waitFor(() => expect(connected()).toBe(loss), patiently)
  }
})

test('callers that wait for a session get the next one if the first is lost before it listens', async () => {
  await using database = await createTestDatabase()
  await using proxy = await startDatabaseProxy(database.url)
  proxy.endAt('listen "run_due"')
  const listener = createListener(proxy.url)
  onTestFinished(listener.close)
  let connected = 0

  await listener.on(
    'run_due',
    () => {},
    () => connected++,
  )

  expect(connected).toBe(1)
  expect(listener.replica.id()).toBeDefined()
})
