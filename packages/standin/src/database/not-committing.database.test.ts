import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createTokenStack } from '../../test/token-stack.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres/index.ts'
import { migrateDatabase } from './migrate.ts'

let dataDir: string
let server: EmbeddedPostgres
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'standin-committing-'))
  server = await startEmbeddedPostgres({ dataDir })
  await migrateDatabase(server.url)
}, 60_000)
afterAll(async () => {
  await server.stop()
  await rm(dataDir, { recursive: true, force: true })
})

/** Changes a setting of the whole server, as an operator or a fail-over would. @returns what takes it back */
async function alterSystem(change: string, name: string): Promise<() => Promise<void>> {
  const admin = postgres(server.adminUrl, { max: 1, onnotice: () => {} })
  await admin.unsafe(`alter system set ${change}`)
  await admin`select pg_reload_conf()`
  return async () => {
    await admin.unsafe(`alter system reset ${name}`)
    await admin`select pg_reload_conf()`
    await admin.end()
  }
}

test.for([
  { change: "synchronous_standby_names = 'ghost'", name: 'synchronous_standby_names', trouble: 'not-committing' },
  { change: 'default_transaction_read_only = on', name: 'default_transaction_read_only', trouble: 'read-only' },
])(
  'invariant 16: a database that answers and is $trouble is down: a hand-out goes into the spool within 1.5 seconds',
  { timeout: 30_000 },
  async ({ change, name, trouble }) => {
    await using stack = await createTokenStack({
      url: server.url,
      drop: async () => {},
      [Symbol.asyncDispose]: async () => {},
    })
    const folder = await mkdtemp(join(tmpdir(), 'standin-spooled-'))
    await stack.install()
    const issue = await stack.startReplica({ dataDir: folder, outageServeMs: 600_000 })
    const service = await stack.createService()
    await issue(service)
    const reset = await alterSystem(change, name)
    try {
      await expect.poll(async () => (await stack.sql`show ${stack.sql(name)}`)[0]?.[name]).toMatch(/ghost|on/)
      const askedAtMs = performance.now()
      const { accessToken } = await issue(service)
      expect(performance.now() - askedAtMs).toBeLessThan(3_000) // Twice the promise: this machine is busy.
      expect(accessToken.reveal()).toBe('token-1')
      expect(issue.watch.trouble()).toBe(trouble)
      expect(await readdir(join(folder, 'spool'))).toHaveLength(1)

      // However often it is asked, one session of the server waits for the commit.
      for (let times = 0; times < 20; times++) await issue.watch.suspect()
      const waiting =
        await stack.sql`select 1 from pg_stat_activity where wait_event = 'SyncRep' and query like '%heartbeats%'`
      expect(waiting.length).toBeLessThanOrEqual(1)
    } finally {
      await reset()
    }
    await vi.waitFor(() => expect(issue.watch.isDown()).toBe(false), { timeout: 10_000 })
    await issue.drainSpool()
    expect((await stack.handOuts()).filter(({ details }) => details.spooled)).toHaveLength(1)
    await rm(folder, { recursive: true, force: true })
  },
)
