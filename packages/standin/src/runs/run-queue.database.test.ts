import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { startDatabaseProxy } from '../../test/database-proxy.ts'
import { createLinesAction } from '../../test/lines-action.ts'
import { createRunStack } from '../../test/run-stack.ts'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { type AnyAction, defineAction } from '../actions/define-action.ts'
import { systemClock } from '../clock.ts'
import { connectDatabase } from '../database/database.ts'
import { watchDatabase } from '../database/database-watch.ts'
import { createListener } from '../database/listen.ts'
import type { MachineRegister } from '../machines/machine-register.ts'
import type { TrackunitClient } from '../trackunit/trackunit-client.ts'
import { buildRuns } from './build-runs.ts'
import { startRunQueue } from './run-queue.ts'

vi.setConfig({ testTimeout: 30_000 }) // Each starts a queue of its own, on whatever machine.

const silent = pino({ level: 'silent' })
/** Runs that go through a queue as in production, not through one that the test turns. */
const stackWithQueue = (database: TestDatabase, action: AnyAction) =>
  createRunStack({ database, actions: [action], queue: (url) => startRunQueue(url, silent) })
const soon = { timeout: 4_000, interval: 20 }

async function createQueues() {
  const database = await createTestDatabase()
  const { db, sql, close } = connectDatabase(database.url)
  const closers = [database.drop, close]
  return {
    ...{ db, sql },
    async start() {
      const queue = await startRunQueue(database.url, silent)
      closers.push(queue.stop)
      return queue
    },
    async [Symbol.asyncDispose]() {
      for (const end of closers.reverse()) await end()
    },
  }
}

test('processes that start at once on an empty database have one queue, and each of them works on it', async () => {
  await using queues = await createQueues()
  const all = await Promise.all(Array.from({ length: 4 }, queues.start))
  const handled: number[] = []

  for (const [nth, queue] of all.entries()) {
    await queues.db.transaction((tx) => queue.send(tx, `run ${nth}`))
    await queue.work(async () => void handled.push(nth), { atOnce: 1 })
    await vi.waitFor(() => expect(handled.at(-1)).toBe(nth), soon)
    await queue.rest()
  }
})

// The longest of them waits for a heartbeat of ten seconds to stop: the others need not wait for it.
describe.concurrent('a job', () => {
  test('is there with the transaction that sent it, or not at all', async () => {
    await using queues = await createQueues()
    const { db, start } = queues
    const queue = await start()
    const handled: string[] = []
    await queue.work(async (runId) => void handled.push(runId), { atOnce: 2 })

    const rolledBack = db.transaction(async (tx) => {
      await queue.send(tx, 'rolled back')
      throw new Error('no')
    })
    await expect(rolledBack).rejects.toThrow('no')
    await db.transaction((tx) => queue.send(tx, 'committed'))

    await vi.waitFor(() => expect(handled).toEqual(['committed']), soon)
  })

  test('is told as fetched while a worker has it, and at no other time', async () => {
    await using queues = await createQueues()
    const { db, start } = queues
    const queue = await start()
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    await db.transaction((tx) => queue.send(tx, 'first'))
    await db.transaction((tx) => queue.send(tx, 'later', { notBefore: new Date(Date.now() + 3_600_000) }))
    expect(await queue.fetched()).toEqual([])

    await queue.work(
      async () => {
        begin()
        await gate
      },
      { atOnce: 1 },
    )
    await begun
    expect(await queue.fetched()).toEqual(['first'])
    open()
    await vi.waitFor(async () => expect(await queue.fetched()).toEqual([]), soon)
  })

  test('for later comes when it is due, and not before', async () => {
    await using queues = await createQueues()
    const { db, start } = queues
    const queue = await start()
    const handled: Array<[string, number]> = []
    await queue.work(async (runId) => void handled.push([runId, Date.now()]), { atOnce: 1 })
    const dueAt = Date.now() + 700

    await db.transaction((tx) => queue.send(tx, 'later', { notBefore: new Date(dueAt) }))
    await db.transaction((tx) => queue.send(tx, 'now'))

    await vi.waitFor(() => expect(handled.map(([runId]) => runId)).toEqual(['now', 'later']), soon)
    expect(handled[1]?.[1]).toBeGreaterThanOrEqual(dueAt)
    expect(handled[1]?.[1]).toBeLessThan(dueAt + 2_000)
  })

  test('whose handler failed is given out again, and never given up', async () => {
    await using queues = await createQueues()
    const { db, sql, start } = queues
    const queue = await start()
    let tries = 0
    const handle = async () => {
      if (++tries < 3) throw new Error('no')
    }
    await queue.work(handle, { atOnce: 1 })

    await db.transaction((tx) => queue.send(tx, 'run'))

    await vi.waitFor(
      async () =>
        expect(await sql`select state, retry_limit > 1000 as patient from pgboss.job where name = 'runs'`).toEqual([
          { state: 'completed', patient: true },
        ]),
      soon,
    )
    expect(tries).toBe(3)
  })

  test('stays with its worker for as long as that works on it', async () => {
    await using queues = await createQueues()
    const { db, sql, start } = queues
    const queue = await start()
    const finish = Promise.withResolvers<void>()
    let taken = 0
    const handle = async () => {
      taken++
      await finish.promise
    }
    await queue.work(handle, { atOnce: 2 })
    await db.transaction((tx) => queue.send(tx, 'long'))

    // A heartbeat is written every three seconds, also the second one: without it, the job is given out again after ten.
    const second = () =>
      sql`select heartbeat_on - started_on > interval '5 seconds' as beats from pgboss.job where name = 'runs'`
    await vi.waitFor(async () => expect(await second()).toEqual([{ beats: true }]), { timeout: 9_000, interval: 100 })
    expect(taken).toBe(1)
    finish.resolve()
  }, 30_000)

  test('is left to others by one that rests, which first ends what it has', async () => {
    await using queues = await createQueues()
    const { db, start } = queues
    const [leaving, staying] = [await start(), await start()]
    const [left, taken]: [string[], string[]] = [[], []]
    const begun = Promise.withResolvers<void>()
    const finish = Promise.withResolvers<void>()
    const handle = async (runId: string) => {
      begun.resolve()
      await finish.promise
      left.push(runId)
    }
    await leaving.work(handle, { atOnce: 1 })
    await db.transaction((tx) => leaving.send(tx, 'first'))
    await begun.promise

    await leaving.rest()
    await db.transaction((tx) => leaving.send(tx, 'second'))
    await staying.work(async (runId) => void taken.push(runId), { atOnce: 1 })
    await vi.waitFor(() => expect(taken).toEqual(['second']), soon)
    finish.resolve()

    await vi.waitFor(() => expect(left).toEqual(['first']), soon)
  })
})

test.concurrent('runs go to their end on the queue, one after the other where they may not overlap', async () => {
  let working = 0
  let most = 0
  const report = defineAction({
    id: 'report',
    title: 'Report',
    description: 'A report.',
    input: z.object({}),
    scopes: [],
    changesData: false,
    async run({ checkpoint }) {
      most = Math.max(most, ++working)
      await checkpoint(1)
      working--
    },
  })
  await using database = await createTestDatabase()
  await using stack = await stackWithQueue(database, report)
  await stack.queue.work(stack.createWorker().workOn, { atOnce: 4 })
  const [first, second] = [await stack.start(), await stack.start()]

  await vi.waitFor(async () => {
    expect([(await stack.run(first.id)).state, (await stack.run(second.id)).state]).toEqual(['succeeded', 'succeeded'])
  }, soon)

  expect(most).toBe(1)
  const [{ endedAt }, { startedAt }] = [await stack.run(first.id), await stack.run(second.id)]
  expect(startedAt?.getTime()).toBeGreaterThanOrEqual(endedAt?.getTime() ?? Number.NaN)
})

describe.concurrent('invariant 19: a run goes on', () => {
  test('where all connections of its process went silent, which no side hears of', async () => {
    const action = createLinesAction({ say: () => {} })
    await using database = await createTestDatabase()
    await using stack = await stackWithQueue(database, action)
    await using proxy = await startDatabaseProxy(database.url)
    const { db, cut, close } = connectDatabase(proxy.url)
    const listener = createListener(proxy.url)
    const watch = watchDatabase({ url: proxy.url, pooled: false, cut, clock: systemClock, replica: listener.replica })
    const closers: Array<() => Promise<unknown>> = [close, listener.close, watch.close]
    await using _ = {
      async [Symbol.asyncDispose]() {
        for (const end of closers.reverse()) await end()
      },
    }
    const { startWorking } = await buildRuns({
      ...{ db, listener, closers, log: silent, clock: systemClock, directUrl: proxy.url, findAction: stack.findAction },
      trackunitFor: () => ({}) as TrackunitClient,
      machinesFor: () => ({}) as MachineRegister,
    })
    await startWorking()
    const inTime = { timeout: 12_000, interval: 50 }
    const first = await stack.start()
    await vi.waitFor(async () => expect(await stack.run(first.id)).toMatchObject({ state: 'succeeded' }), inTime)

    proxy.fallSilent()
    const second = await stack.start()

    await vi.waitFor(async () => expect(await stack.run(second.id)).toMatchObject({ state: 'succeeded' }), inTime)
  }, 40_000)

  test('on another worker when its process stopped to answer, and no line is missing or doubled', async ({
    onTestFinished,
  }) => {
    const action = createLinesAction({ say: () => {} })
    await using database = await createTestDatabase()
    await using stack = await stackWithQueue(database, action)
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL('../../test/run-worker-process.ts', import.meta.url)), stack.database.url],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    )
    onTestFinished(() => void child.kill('SIGKILL'))
    const { id } = await stack.start()
    const said: string[] = []
    for await (const line of createInterface(child.stdout)) if (line.startsWith('line') && said.push(line) === 3) break
    await vi.waitFor(
      async () => expect(await stack.sql`select from artifact_chunks where position = 3`).toHaveLength(1),
      soon,
    )
    await stack.queue.work(stack.createWorker().workOn, { atOnce: 1 })

    child.kill('SIGSTOP') // Its session stays, and so does its lock: only the queue notices.

    const inTime = { timeout: 25_000, interval: 50 }
    await vi.waitFor(async () => expect(await stack.run(id)).toMatchObject({ state: 'succeeded' }), inTime)
    expect(said).toEqual(['line 1', 'line 2', 'line 3'])
    expect(await stack.files(id)).toEqual({ 'lines.txt': 'line 1\nline 2\nline 3\nline 4\nline 5\nline 6\n' })
    expect(await stack.run(id)).toMatchObject({ attempts: 2, epoch: 2 })
  }, 40_000)

  test('on another worker at once when its process ends in order', async ({ onTestFinished }) => {
    const begun = Promise.withResolvers<void>()
    const report = defineAction({
      id: 'report',
      title: 'Report',
      description: 'A report.',
      input: z.object({}),
      scopes: [],
      changesData: false,
      async run({ checkpoint, resumedFrom, signal }) {
        if (resumedFrom !== undefined) return
        await checkpoint('half')
        begun.resolve()
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      },
    })
    await using database = await createTestDatabase()
    await using stack = await stackWithQueue(database, report)
    const leaving = stack.createWorker()
    await stack.queue.work(leaving.workOn, { atOnce: 2 })
    const { id } = await stack.start()
    await begun.promise

    await leaving.handOver()
    const queue = await startRunQueue(stack.database.url, silent)
    onTestFinished(queue.stop)
    expect(await stack.run(id)).toMatchObject({ state: 'waiting', attempts: 1 }) // It did not take it back.
    await queue.work(stack.createWorker().workOn, { atOnce: 1 })

    const sooner = { timeout: 8_000, interval: 20 } // Than the queue's own ten seconds, on the busiest machine.
    await vi.waitFor(async () => expect(await stack.run(id)).toMatchObject({ state: 'succeeded', attempts: 2 }), sooner)
  }, 20_000)
})
