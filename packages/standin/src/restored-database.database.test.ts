import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createAdjustableClock } from '../test/adjustable-clock.ts'
import { copyDatabase, swapDatabases } from '../test/copy-database.ts'
import { operate } from '../test/operate.ts'
import { auditKeys } from '../test/signed-rows.ts'
import { createTestDatabase } from '../test/test-database.ts'
import { testApp } from '../test/test-replica.ts'
import { createStandin } from './create-standin.ts'
import { connectDatabase } from './database/database.ts'
import { createReplica } from './database/replica.ts'
import { createSeenBeats } from './database/seen-beats.ts'
import { watchDatabase } from './database/watch-database.ts'
import { createLogger } from './observability/logger.ts'

const dataDir = await mkdtemp(join(tmpdir(), 'standin-restored-'))
afterAll(() => rm(dataDir, { recursive: true }))

const ringText = `e:${'A'.repeat(43)}`
const patience = { timeout: 60_000, interval: 50 }

/** A server whose data folder is that of the server before it, as on one machine. */
async function startServer({ url }: { url: string }, folder = dataDir) {
  const server = await createStandin({ app: testApp, actions: [] }).start({
    DATABASE_URL: url,
    STANDIN_DATA_DIR: folder,
    PORT: '0',
    METRICS_PORT: '0',
    DRAIN_DELAY_S: '0',
    LOG_LEVEL: 'silent',
    CALLBACK_PATH_SECRET: 'none',
    STANDIN_ENCRYPTION_KEYS: ringText,
    STANDIN_AUDIT_KEYS: auditKeys,
    STANDIN_LINK_KEYS: `l:${'B'.repeat(43)}`,
    TRACKUNIT_JWKS_URL: 'http://127.0.0.1:9',
    TRACKUNIT_TOKEN_URL: 'http://127.0.0.1:9',
  })
  const get = async (path: string, init?: RequestInit) => {
    const answer = await fetch(`${server.url}${path}`, init)
    return { status: answer.status, body: await answer.json() }
  }
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
  return {
    ...server,
    ready: () => get('/health/ready'),
    /** What a service and Trackunit are answered. */
    served: async () => [(await get('/v1/token', post)).status, (await get('/trackunit/callback', post)).status],
    [Symbol.asyncDispose]: server.stop,
  }
}

const isServed = [401, 401]
const isRefused = [503, 503]
const behind = { status: 503, body: { status: 'not-ready', database: 'behind' } }
const examine = ({ url }: { url: string }) => operate({ url, ringText }, ['doctor'])
const afterRestore = ({ url }: { url: string }) => operate({ url, ringText }, ['database', 'after-restore', '--yes'])

describe('invariant 27: until "database after-restore" was run, no server serves from a database that lacks what was seen committed', () => {
  test('a server that starts on an older copy', async () => {
    await using today = await createTestDatabase()
    await (await startServer(today)).stop()
    await using yesterday = await copyDatabase(today)
    await (await startServer(today)).stop()

    await using server = await startServer(yesterday)
    expect(await server.ready()).toMatchObject(behind)
    expect(await server.served()).toEqual(isRefused)
    // Another machine has seen nothing: it is told.
    const folder = await mkdtemp(join(tmpdir(), 'standin-restored-'))
    await using other = await startServer(yesterday, folder)
    expect(await other.ready()).toMatchObject(behind)
    const { out } = await examine(yesterday)
    expect(out).toMatch(/WRONG +history/)

    expect(await afterRestore(yesterday)).toMatchObject({ exitCode: 0 })

    for (const each of [server, other]) {
      await expect.poll(each.ready, patience).toMatchObject({ status: 200 })
      expect(await each.served()).toEqual(isServed)
    }
    await rm(folder, { recursive: true })
  })

  test('a server that runs while a failover loses the latest changes', async () => {
    await using primary = await createTestDatabase()
    await (await startServer(primary)).stop()
    await using standby = await copyDatabase(primary)
    await using server = await startServer(primary)
    await expect.poll(server.ready, patience).toMatchObject({ status: 200 })
    expect(await server.served()).toEqual(isServed)

    await swapDatabases(primary, standby)

    await expect.poll(server.ready, patience).toMatchObject(behind)
    await expect.poll(server.served, patience).toEqual(isRefused)
    expect(await afterRestore(primary)).toMatchObject({ exitCode: 0 })
    await expect.poll(server.ready, patience).toMatchObject({ status: 200 })
    expect(await server.served()).toEqual(isServed)
  })

  test('a failover that lost nothing stops no server', async () => {
    await using primary = await createTestDatabase()
    await using server = await startServer(primary)
    await expect.poll(server.ready, patience).toMatchObject({ status: 200 })
    await using other = await createTestDatabase()

    await swapDatabases(primary, other)
    await swapDatabases(primary, other)

    await expect.poll(server.ready, patience).toMatchObject({ status: 200, body: { database: 'up' } })
    expect(await server.served()).toEqual(isServed)
  })
})

test('invariant 27: audit entries that a process saw committed and the database lacks are a sign, between two heartbeats', async () => {
  await using database = await createTestDatabase()
  const { sql, close } = connectDatabase(database.url, { pool: 1 })
  const replica = createReplica()
  replica.hold(1)
  const clock = createAdjustableClock()
  const log = createLogger('silent')
  const ends = [{ writer: 'p/changes', seq: 7 }]
  const watch = watchDatabase({
    url: database.url,
    pooled: false,
    cut: () => {},
    replica,
    clock,
    log,
    seen: createSeenBeats({ folder: undefined, clock, log }),
    ownEnds: () => ends,
  })
  const head = (seq: number) => sql`
    insert into audit_heads (writer, seq, mac, at, kid, signature) values ('p/changes', ${seq}, '', now(), '', '')
    on conflict (writer) do update set seq = excluded.seq`
  await head(7)
  expect(await watch.suspect()).toBe(false)
  await head(6)
  expect(await watch.suspect()).toBe(true)
  expect(watch.trouble()).toBe('behind')
  await head(8) // It does not become true by what is written later.
  await watch.suspect()
  expect(watch.trouble()).toBe('behind')
  await watch.close()
  await close()
})
