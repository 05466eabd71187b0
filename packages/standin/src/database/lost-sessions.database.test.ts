import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { pino } from 'pino'
import type { Sql } from 'postgres'
import { afterAll, expect, onTestFinished, test, vi } from 'vitest'
import { startDatabaseProxy } from '../../test/database-proxy.ts'
import { patiently } from '../../test/patiently.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { systemClock } from '../clock.ts'
import { checkDriver } from './check-driver.ts'
import { connectDatabase } from './database.ts'
import { createReplica } from './replica.ts'
import { createSeenBeats } from './seen-beats.ts'
import { watchDatabase } from './watch-database.ts'

const database = await createTestDatabase()
afterAll(database.drop)
/** The connection that ends the others' sessions. */
const { sql: admin, close } = connectDatabase(database.url, { pool: 1 })
afterAll(close)
await admin.unsafe(`
  create table pairs (id int, half int);
  create table slow_commits (id int);
  create function wait_in_commit() returns trigger language plpgsql as 'begin perform pg_sleep(600); return null; end';
  create constraint trigger slow after insert on slow_commits deferrable initially deferred
    for each row execute function wait_in_commit()`)

function connect({ url = database.url, pool = 1 } = {}): Sql {
  const { sql } = connectDatabase(url, { pool })
  onTestFinished(() => sql.end({ timeout: 0 }))
  return sql
}

const atOnce = 10
/** The sessions that a pool has, once it has noticed which ones ended. */
const sessionsOf = (sql: Sql) =>
  vi.waitFor(async () => {
    const asked = Array.from({ length: atOnce }, () => pidOf(sql))
    await Promise.allSettled(asked) // While one is still asked, another may go over the same connection.
    return Promise.all(asked)
  }, patiently)
const end = (pids: readonly number[]) =>
  admin`select pg_terminate_backend(pid) from unnest(${`{${pids.join(',')}}`}::text::int[]) pid`
/** Ends those that sleep, once so many do. */
async function endSleeping(count: number): Promise<void> {
  for (let sleeping: number[] = []; ; ) {
    const rows = await admin<Array<{ pid: number }>>`
      select pid from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`
    sleeping = rows.map(({ pid }) => pid)
    if (sleeping.length === count) return void (await end(sleeping))
  }
}
const pidOf = async (sql: Sql) => (await sql<Array<{ pid: number }>>`select pg_backend_pid() as pid`)[0]!.pid

type Settled = Promise<Array<PromiseSettledResult<unknown>>>
/** Ends ten sessions of a pool of ten in this phase. @returns how their callers ended */
const phases: Record<string, (sql: Sql) => Settled> = {
  async idle(sql) {
    const pids = await sessionsOf(sql)
    return Promise.allSettled([end(pids), ...Array.from({ length: atOnce }, () => pidOf(sql))])
  },
  async 'in a statement'(sql) {
    const settled = Promise.allSettled(Array.from({ length: atOnce }, () => sql`select pg_sleep(600)`))
    await endSleeping(atOnce)
    return settled
  },
  async 'in a transaction'(sql) {
    const gate = Promise.withResolvers<void>()
    const works = Array.from({ length: atOnce }, () => Promise.withResolvers<void>())
    const began = Array.from({ length: atOnce }, () => Promise.withResolvers<number>())
    const transactions = Promise.allSettled(
      works.map(({ resolve, reject }, nth) =>
        sql.begin(async (tx) => {
          const [row] = await tx<[{ pid: number }]>`
            insert into pairs values (${nth}, 1) returning pg_backend_pid() as pid`
          began[nth]?.resolve(row.pid)
          await gate.promise
          await tx`insert into pairs values (${nth}, 2)`.then(() => resolve(), reject)
        }),
      ),
    )
    await end(await Promise.all(began.map(({ promise }) => promise)))
    const settled = [...(await transactions)]
    await sessionsOf(sql) // Each connection is another session by now.
    gate.resolve()
    return [...settled, ...(await Promise.allSettled(works.map(({ promise }) => promise)))]
  },
  async 'in a commit'(sql) {
    const settled = Promise.allSettled(
      Array.from({ length: atOnce }, () => sql.begin((tx) => tx`insert into slow_commits values (1)`)),
    )
    await endSleeping(atOnce)
    return settled
  },
}

test.for(Object.entries(phases))(
  '200 sessions that end %s leave no caller waiting, no half of a transaction, and the pool as wide as it was',
  async ([phase, endTen]) => {
    const sql = connect({ pool: atOnce })
    for (let round = 0; round < 20; round++) {
      const outcomes = await endTen(sql)
      if (phase !== 'idle') expect(outcomes.filter(({ status }) => status !== 'rejected')).toEqual([])
    }
    expect(await admin`select from pairs`).toHaveLength(0)
    expect(new Set(await sessionsOf(sql)).size).toBe(atOnce)
  },
)

test('200 sessions that end while connecting leave no caller waiting, and the pool as wide as it was', async () => {
  await using proxy = await startDatabaseProxy(database.url)
  const sql = connect({ url: proxy.url, pool: atOnce })
  for (let round = 0; round < 20; round++) {
    proxy.endWhileConnecting(atOnce)
    const outcomes = await Promise.allSettled(Array.from({ length: atOnce }, () => pidOf(sql)))
    expect(outcomes.map(({ status }) => status)).toEqual(Array(atOnce).fill('rejected'))
  }
  expect(new Set(await sessionsOf(sql)).size).toBe(atOnce)
})

test('a server that takes connections and ends them keeps no caller waiting', async () => {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const sql = connect({ url: `postgres://127.0.0.1:${(server.address() as AddressInfo).port}/standin` })

  await expect(sql`select 1`).rejects.toMatchObject({ code: expect.stringMatching(/CONNECTION_CLOSED|ECONNRESET/) })
})

test('what was read of a session that ended is not among the rows of the next one', async () => {
  const sql = connect()
  const lost = sql`
    select n, case n when 5000 then pg_terminate_backend(pg_backend_pid()) end from generate_series(1, 10000) n`
  await expect(lost).rejects.toThrow()

  expect(await sql`select 1 as one`).toEqual([{ one: 1 }])
})

test('a statement that waits behind another in a transaction fails with it when the session ends', async () => {
  const sql = connect()
  const behind = Promise.withResolvers<unknown>()
  const failed = expect(
    sql.begin(async (tx) => {
      const first = tx`select pg_sleep(${600}::int)`.execute() // Its parameter is asked about first: the next one waits here.
      tx`select 1`.then(behind.reject, behind.resolve)
      await first
    }),
  ).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' })
  await endSleeping(1)
  await failed

  expect(await behind.promise).toMatchObject({ code: 'CONNECTION_CLOSED' })
})

test('a driver without the corrections is refused, with what to do', () => {
  expect(() => checkDriver(() => {})).toThrow(
    /lacks the corrections of patches\/.*Run `node scripts\/bootstrap.mjs pnpm install`/,
  )
  checkDriver()
})

test('a database that is slow to connect to counts as up, also without a session for LISTEN', async () => {
  await using proxy = await startDatabaseProxy(database.url)
  proxy.delay(250) // Until the first answer a connection waits five times.
  const log = pino({ level: 'silent' })
  const seen = createSeenBeats({ folder: undefined, clock: systemClock, log })
  const watch = watchDatabase({
    url: proxy.url,
    pooled: false,
    cut: () => {},
    seen,
    replica: createReplica(),
    clock: systemClock,
    log,
  })
  onTestFinished(watch.close)

  expect(await watch.suspect()).toBe(true)

  await vi.waitFor(() => expect(watch.isDown()).toBe(false), patiently)
})
