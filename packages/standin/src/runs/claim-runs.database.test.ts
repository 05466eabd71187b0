import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { startDatabaseProxy } from '../../test/database-proxy.ts'
import { createLinesAction } from '../../test/lines-action.ts'
import { patiently } from '../../test/patiently.ts'
import { createRunStack } from '../../test/run-stack.ts'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { openTestReplica } from '../../test/test-replica.ts'
import { startWorking, withRuns } from '../../test/with-runs.ts'
import { type AnyAction, defineAction, type RunContext } from '../actions/define-action.ts'
import { systemClock } from '../clock.ts'
import { inTransaction } from '../context.ts'
import { acceptRun, type NewRun } from './accept-run.ts'
import { claimDueRuns, isClaiming } from './claim-runs.ts'
import type { RunsHooks } from './runs-context.ts'

const doing = (run: (context: RunContext<Record<string, unknown>>) => Promise<void>, change: Partial<AnyAction> = {}) =>
  defineAction({
    id: 'report',
    title: 'Report',
    description: 'A report.',
    input: z.object({}),
    scopes: [],
    changesData: false,
    run,
    ...change,
  })

/** Another replica on the same database, which does not work yet. */
function openReplica({ url }: Pick<TestDatabase, 'url'>, actions: readonly AnyAction[], hooks?: Partial<RunsHooks>) {
  const { ctx, ...replica } = openTestReplica({ url }, { clock: systemClock })
  return { ...replica, ctx: withRuns(ctx, actions, hooks) }
}

let keys = 0
const newRun = (action: AnyAction, change: Partial<NewRun> = {}): NewRun => ({
  action,
  accountId: crypto.randomUUID(),
  mode: 'apply',
  input: {},
  idempotencyKey: `key-${++keys}`,
  readsWith: action.scopes,
  startedBy: { kind: 'service', id: 'test', name: null },
  actor: { kind: 'service', id: 'test' },
  ...change,
})

test.concurrent('replicas that claim at the same time share the due runs, and none is claimed twice', async () => {
  const gate = Promise.withResolvers<void>()
  const attempts: number[] = []
  const report = doing(async () => {
    attempts.push(1)
    await gate.promise
  })
  await using database = await createTestDatabase()
  await using stack = await createRunStack({ database, actions: [report] })
  for (let nth = 0; nth < 32; nth++) await inTransaction(stack.ctx, (tx) => acceptRun(tx, newRun(report)))
  await using replicas = new AsyncDisposableStack()
  const all = Array.from({ length: 4 }, () => replicas.use(openReplica(database, [report])))
  for (const { ctx } of all) replicas.use(await startWorking(ctx))

  await vi.waitFor(() => expect(all.map(({ ctx }) => ctx.runs.working.size)).toEqual([8, 8, 8, 8]), patiently)
  gate.resolve()

  const ended = () => stack.sql`select count(*)::int from runs where state = 'succeeded' and attempts = 1`
  await vi.waitFor(async () => expect(await ended()).toEqual([{ count: 32 }]), patiently)
  expect(attempts).toHaveLength(32)
})

test.concurrent('a backlog of quick runs is worked off after one claim, without another look', async () => {
  const quick = doing(async () => {})
  await using database = await createTestDatabase()
  await using stack = await createRunStack({ database, actions: [quick] })
  const accounts = Array.from({ length: 40 }, () => randomUUID())
  await Promise.all(
    accounts.map((accountId) => inTransaction(stack.ctx, (tx) => acceptRun(tx, newRun(quick, { accountId })))),
  )

  await claimDueRuns(stack.ctx)

  const left = () => stack.sql`select id from runs where ended_at is null`
  await vi.waitFor(async () => expect(await left()).toHaveLength(0), patiently)
})

// These tests wait for seconds, all at the same time; the longest start first.
describe.concurrent('invariant 19: a run continues', () => {
  test('if all connections of its process go silent, unnoticed by both sides', async () => {
    const action = createLinesAction({ say: () => {} })
    await using database = await createTestDatabase()
    await using stack = await createRunStack({ database, actions: [action] })
    await using proxy = await startDatabaseProxy(database.url)
    await using replica = openReplica(proxy, [action])
    await using _ = await startWorking(replica.ctx)
    const first = await stack.start()
    await vi.waitFor(async () => expect(await stack.run(first.id)).toMatchObject({ state: 'succeeded' }), patiently)

    proxy.fallSilent()
    const second = await stack.start()

    await vi.waitFor(async () => expect(await stack.run(second.id)).toMatchObject({ state: 'succeeded' }), patiently)
  })

  test('on another worker if its process freezes, and no line is missing or repeated', async ({ onTestFinished }) => {
    const action = createLinesAction({ say: () => {} })
    await using database = await createTestDatabase()
    await using stack = await createRunStack({ database, actions: [action] })
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
      patiently,
    )
    await using _ = await startWorking(stack.ctx)

    child.kill('SIGSTOP') // Its session and its lock stay: only its silence can be noticed.

    await vi.waitFor(async () => expect(await stack.run(id)).toMatchObject({ state: 'succeeded' }), patiently)
    expect(said).toEqual(['line 1', 'line 2', 'line 3'])
    expect(await stack.files(id)).toEqual({ 'lines.txt': 'line 1\nline 2\nline 3\nline 4\nline 5\nline 6\n' })
    expect(await stack.run(id)).toMatchObject({ attempts: 2, epoch: 2 })
  })

  test('on another worker at once when its process stops normally', async () => {
    const begun = Promise.withResolvers<void>()
    const report = doing(async ({ checkpoint, resumedFrom, signal }) => {
      if (resumedFrom !== undefined) return
      await checkpoint('half')
      begun.resolve()
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    })
    await using database = await createTestDatabase()
    await using stack = await createRunStack({ database, actions: [report] })
    await using other = openReplica(database, [report])
    const leaving = await startWorking(stack.ctx)
    const { id } = await stack.start()
    await begun.promise

    await leaving[Symbol.asyncDispose]()
    expect(await stack.run(id)).toMatchObject({ state: 'waiting', attempts: 1 }) // The process did not claim it again.
    await using _ = await startWorking(other.ctx)

    await vi.waitFor(
      async () => expect(await stack.run(id)).toMatchObject({ state: 'succeeded', attempts: 2 }),
      patiently,
    )
  })
})

describe.concurrent('a run', () => {
  test('is due with the transaction that accepted it, or not at all', async () => {
    const worked: unknown[] = []
    const report = doing(async ({ input }) => void worked.push(input.name), { input: z.object({ name: z.string() }) })
    await using database = await createTestDatabase()
    await using stack = await createRunStack({ database, actions: [report] })
    await using _ = await startWorking(stack.ctx)
    const named = (name: string) => newRun(report, { input: { name } })

    const rolledBack = inTransaction(stack.ctx, async (tx) => {
      await acceptRun(tx, named('rolled back'))
      throw new Error('no')
    })
    await expect(rolledBack).rejects.toThrow('no')
    await inTransaction(stack.ctx, (tx) => acceptRun(tx, named('committed')))

    await vi.waitFor(() => expect(worked).toEqual(['committed']), patiently)
  })

  test('is claimed while a worker holds it, and at no other time', async () => {
    const gate = Promise.withResolvers<void>()
    const report = doing(() => gate.promise, { mayOverlap: true })
    await using database = await createTestDatabase()
    await using stack = await createRunStack({ database, actions: [report] })
    const [first, later] = [await stack.start(), await stack.start()]
    await stack.sql`
      update runs set state = 'waiting', waiting_until = now() + interval '1 hour' where id = ${later.id}`
    const claimed = async () => (await stack.sql`select id from runs where replica_id is not null`).map(({ id }) => id)
    expect(await claimed()).toEqual([])

    await using _ = await startWorking(stack.ctx)
    await vi.waitFor(async () => expect(await claimed()).toEqual([first.id]), patiently)
    gate.resolve()
    await vi.waitFor(async () => expect(await stack.run(first.id)).toMatchObject({ state: 'succeeded' }), patiently)
    expect(await claimed()).toEqual([])
  })

  test('that was promoted too early waits for the run that it may not overlap, and delays no other', async () => {
    const gate = Promise.withResolvers<void>()
    const report = doing(async ({ input }) => (input.name === 'first' ? gate.promise : undefined), {
      input: z.object({ name: z.string() }),
    })
    await using database = await createTestDatabase()
    await using stack = await createRunStack({ database, actions: [report] })
    await using _ = await startWorking(stack.ctx)
    const first = await stack.start({ input: { name: 'first' } })
    const early = await stack.start({ input: { name: 'second' } })
    await vi.waitFor(async () => expect(await stack.run(first.id)).toMatchObject({ state: 'running' }), patiently)
    await stack.sql`update runs set promoted_at = now() where id = ${early.id}`
    const other = await stack.start({ input: { name: 'third' }, accountId: crypto.randomUUID() })

    await vi.waitFor(async () => expect(await stack.run(other.id)).toMatchObject({ state: 'succeeded' }), patiently)
    expect(await stack.run(early.id)).toMatchObject({ state: 'queued' })
    gate.resolve()
    await vi.waitFor(async () => expect(await stack.run(early.id)).toMatchObject({ state: 'succeeded' }), patiently)
  })

  test('that waits is claimed when it is due, and not before', async () => {
    const workedAt: number[] = []
    const report = doing(async () => void workedAt.push(Date.now()))
    await using database = await createTestDatabase()
    await using stack = await createRunStack({ database, actions: [report] })
    const { id } = await stack.start()
    const dueAt = Date.now() + 700
    await stack.sql`
      update runs set state = 'waiting', waiting_until = ${new Date(dueAt).toISOString()} where id = ${id}`
    await using _ = await startWorking(stack.ctx)

    await vi.waitFor(() => expect(workedAt).toHaveLength(1), patiently)
    expect(workedAt[0]).toBeGreaterThanOrEqual(dueAt)
  })

  test('whose work could not be opened is claimed again', async () => {
    const report = doing(async () => {})
    let tries = 0
    await using database = await createTestDatabase()
    await using stack = await createRunStack({ database, actions: [report] })
    await using replica = openReplica(database, [report], {
      async openWork() {
        if (++tries < 3) throw new Error('no')
        const row = await stack.run(id)
        return { run: async () => {}, progress: () => row, flush: async () => {}, keepAll: async () => row }
      },
    })
    const { id } = await stack.start()
    await using _ = await startWorking(replica.ctx)

    await vi.waitFor(
      async () => expect(await stack.run(id)).toMatchObject({ state: 'succeeded', attempts: 3 }),
      patiently,
    )
    expect(tries).toBe(3)
  })

  test('stays with its worker for as long as that works on it', async () => {
    const finish = Promise.withResolvers<void>()
    let begun = 0
    const report = doing(async () => {
      begun++
      await finish.promise
    })
    await using database = await createTestDatabase()
    await using stack = await createRunStack({ database, actions: [report] })
    await using other = openReplica(database, [report])
    const { id } = await stack.start()
    await using _first = await startWorking(stack.ctx)
    await using _second = await startWorking(other.ctx)

    await pause(6_500) // A worker that is silent for five seconds loses its runs.
    expect(begun).toBe(1)
    expect(await stack.run(id)).toMatchObject({ state: 'running', epoch: 1 })
    finish.resolve()
  })

  test('is left to others by a process that hands over; the process first finishes its own runs', async () => {
    const begun = Promise.withResolvers<void>()
    const finish = Promise.withResolvers<void>()
    const report = doing(async () => {
      begun.resolve()
      await finish.promise
    })
    await using database = await createTestDatabase()
    await using stack = await createRunStack({ database, actions: [report] })
    await using other = openReplica(database, [report])
    const leaving = await startWorking(stack.ctx)
    const first = await stack.start()
    await begun.promise

    const left = leaving[Symbol.asyncDispose]()
    const second = await stack.start({ accountId: crypto.randomUUID() })
    await using _ = await startWorking(other.ctx)
    const { id: staying } = other.ctx.listener.replica
    await vi.waitFor(async () => expect(await stack.run(second.id)).toMatchObject({ replicaId: staying() }), patiently)
    finish.resolve()

    await left
    await vi.waitFor(async () => {
      expect(await stack.run(first.id)).toMatchObject({ state: 'succeeded', attempts: 1 })
      expect(await stack.run(second.id)).toMatchObject({ state: 'succeeded', attempts: 1 })
    }, patiently)
  })

  test('ends, although the sessions of its process are terminated again and again', async () => {
    const report = doing(async ({ checkpoint }) => checkpoint(1))
    await using database = await createTestDatabase()
    await using stack = await createRunStack({ database, actions: [report] })
    await using replica = openReplica(database, [report])
    await using _ = await startWorking(replica.ctx)
    const accept = () => inTransaction(stack.ctx, (tx) => acceptRun(tx, newRun(report)))
    const ids: string[] = []
    for (let nth = 0; nth < 20; nth++) {
      const accepted = accept().catch(() => undefined)
      // All sessions of the pool but this one, whatever they are doing.
      await stack.sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'standin' and datname = current_database() and pid <> pg_backend_pid()`.catch(() => {})
      const run = await accepted
      if (run) ids.push(run.id)
    }
    // A connection may not have noticed yet that its session was terminated.
    ids.push((await vi.waitFor(accept, patiently)).id)

    for (const runId of ids)
      await vi.waitFor(async () => expect(await stack.run(runId)).toMatchObject({ state: 'succeeded' }), patiently)
    await vi.waitFor(() => expect(isClaiming(replica.ctx)).toBe(true), patiently)
  })
})

test.concurrent('runs that may not overlap run one after the other', async () => {
  let working = 0
  let most = 0
  const report = doing(async ({ checkpoint }) => {
    most = Math.max(most, ++working)
    await checkpoint(1)
    working--
  })
  await using database = await createTestDatabase()
  await using stack = await createRunStack({ database, actions: [report] })
  await using _ = await startWorking(stack.ctx)
  const [first, second] = [await stack.start(), await stack.start()]

  await vi.waitFor(async () => {
    expect([(await stack.run(first.id)).state, (await stack.run(second.id)).state]).toEqual(['succeeded', 'succeeded'])
  }, patiently)

  expect(most).toBe(1)
  const [{ endedAt }, { startedAt }] = [await stack.run(first.id), await stack.run(second.id)]
  expect(startedAt?.getTime()).toBeGreaterThanOrEqual(endedAt?.getTime() ?? Number.NaN)
})

test.concurrent('a worker counts as stuck if it claims nothing for five seconds while runs are due, unless it has no room', async () => {
  const gate = Promise.withResolvers<void>()
  const report = doing(() => gate.promise)
  await using database = await createTestDatabase()
  await using stack = await createRunStack({ database, actions: [report] })
  const { ctx, clock } = stack
  await stack.start()
  expect(isClaiming(ctx)).toBe(true)
  clock.advance(4_999)
  expect(isClaiming(ctx)).toBe(true)
  clock.advance(1)
  expect(isClaiming(ctx)).toBe(false)

  await claimDueRuns(ctx)
  expect(isClaiming(ctx)).toBe(true)
  for (let nth = 0; nth < 8; nth++) await inTransaction(ctx, (tx) => acceptRun(tx, newRun(report)))
  await claimDueRuns(ctx)
  expect(ctx.runs.working.size).toBe(8)
  expect(await stack.due()).toHaveLength(1)
  clock.advance(60_000)
  expect(isClaiming(ctx)).toBe(true)

  gate.resolve() // Each run that ends makes room for the next one, without a notification.
  await vi.waitFor(async () => expect(await stack.due()).toEqual([]), patiently)
  await Promise.all([...ctx.runs.working].map(({ ended }) => ended))
})
