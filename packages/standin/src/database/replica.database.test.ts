import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startDatabaseProxy } from '../../test/database-proxy.ts'
import { patiently } from '../../test/patiently.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { connectDatabase } from './database.ts'
import { createListener } from './listen.ts'
import { defaultHeartbeat } from './listen-session.ts'
import { aliveReplicas } from './replica-store.ts'

async function open() {
  const database = await createTestDatabase()
  const { db, sql, close } = connectDatabase(database.url, { pool: 1 })
  onTestFinished(async () => {
    await close()
    await database.drop()
  })
  return { database, sql, alive: () => aliveReplicas(db) }
}

async function startListener(url: string) {
  const listener = createListener(url)
  onTestFinished(listener.close)
  await listener.on('run_event', () => {})
  return listener
}

test('every process has its own id, which the others see until it ends', async () => {
  const { database, alive } = await open()
  const [one, two] = [await startListener(database.url), await startListener(database.url)]
  const ids = [one.replica.id(), two.replica.id()]

  expect(await alive()).toEqual(new Set(ids))
  await one.close()
  await vi.waitFor(async () => expect(await alive()).toEqual(new Set([ids[1]])), patiently)
  expect(one.replica.id()).toBeUndefined()
})

test('a process that loses its session loses its id: it is notified at once, and takes another id', async () => {
  const { database, sql, alive } = await open()
  const { replica } = await startListener(database.url)
  const first = replica.id() ?? 0
  const lost: number[] = []
  replica.onLost((id) => lost.push(id))

  await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'standin-listen' and datname = current_database()`

  await vi.waitFor(() => expect(lost).toEqual([first]), patiently)
  await vi.waitFor(() => expect(replica.id()).toBeDefined(), patiently)
  expect(replica.id()).not.toBe(first)
  expect(replica.isHeld(first)).toBe(false)
  expect(await alive()).toEqual(new Set([replica.id()]))
})

test('a process knows for how long the database has not heard from it', async () => {
  const { database } = await open()
  await using proxy = await startDatabaseProxy(database.url)
  const listener = createListener(proxy.url, { everyMs: 10, answerWithinMs: 60_000 })
  onTestFinished(listener.close)
  expect(listener.replica.silentForMs()).toBe(Number.POSITIVE_INFINITY)
  await listener.on('run_event', () => {})
  expect(listener.replica.silentForMs()).toBeLessThan(Number.POSITIVE_INFINITY)

  proxy.fallSilent()
  // What was asked before may still be answered; what is asked from now on is not.
  await expect.poll(listener.replica.silentForMs, patiently).toBeGreaterThan(250)
})

test('a killed process disappears, although nobody has missed its heartbeats', async () => {
  const { database, alive } = await open()
  const entry = fileURLToPath(new URL('../../test/replica-process.ts', import.meta.url))
  const child = spawn(process.execPath, [entry, database.url], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await once(child.stdout, 'data')
  const id = Number(line)
  expect(await alive()).toEqual(new Set([id]))

  child.kill('SIGKILL')
  await once(child, 'exit')

  await vi.waitFor(async () => expect(await alive()).toEqual(new Set()), patiently)
})

test('invariant 16: a session whose other side went silent is noticed within a second', async () => {
  const { database } = await open()
  await using proxy = await startDatabaseProxy(database.url)
  const { replica } = await startListener(proxy.url)
  const first = replica.id()
  const lost = Promise.withResolvers<number>()
  replica.onLost(lost.resolve)

  proxy.fallSilent()

  expect(await lost.promise).toBe(first)
  expect(defaultHeartbeat.everyMs + defaultHeartbeat.answerWithinMs).toBeLessThan(1_000) // Not timed: cores may be busy.
  await vi.waitFor(() => expect(replica.id()).toBeDefined(), patiently)
  expect(replica.id()).not.toBe(first)
})
