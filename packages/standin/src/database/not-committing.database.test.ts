import { execFileSync, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { patiently } from '../../test/patiently.ts'
import { createTokenStack } from '../../test/token-stack.ts'
import { sayWhatHangs } from '../operator/terminal.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres/index.ts'
import { migrateDatabase } from './migrate.ts'

let dataDir: string
let server: EmbeddedPostgres
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'standin-committing-'))
  server = await startEmbeddedPostgres({ dataDir })
  await migrateDatabase(server.url)
})
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
      expect(performance.now() - askedAtMs).toBeLessThan(25_000) // 1.5 s on a quiet machine; a statement's own time limit is half a minute.
      expect(accessToken.reveal()).toBe('token-1')
      await vi.waitFor(() => expect(issue.watch.trouble()).toBe(trouble), patiently) // On a busy machine it may be `down` first.
      expect(await readdir(join(folder, 'spool'))).toHaveLength(1)

      const said: string[] = []
      await sayWhatHangs(stack, (line) => said.push(line))
      expect(said.join()).toMatch(trouble === 'read-only' ? /^$/ : /waits for a synchronous standby/)

      // However often it is asked, one session of the server waits for the commit.
      for (let times = 0; times < 20; times++) await issue.watch.suspect()
      const waiting =
        await stack.sql`select 1 from pg_stat_activity where wait_event = 'SyncRep' and query like '%heartbeats%'`
      expect(waiting.length).toBeLessThanOrEqual(1)
    } finally {
      await reset()
    }
    await vi.waitFor(() => expect(issue.watch.isDown()).toBe(false), patiently)
    await issue.drainSpool()
    expect((await stack.handOuts()).filter(({ details }) => details.spooled)).toHaveLength(1)
    await rm(folder, { recursive: true, force: true })
  },
)

/** A disk of its own for a database. Only root may mount one. */
const mayMount = process.getuid?.() === 0 && spawnSync('mount', ['--version']).status === 0

test.skipIf(!mayMount)(
  'invariant 26: while the database’s disk is full each hand-out is in the database or in the spool, and it counts as full',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'standin-full-'))
    const disk = join(folder, 'disk')
    await mkdir(disk)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m,mode=700', 'standin-test', disk])
    const admin = postgres(server.adminUrl, { max: 1, onnotice: () => {} })
    const url = Object.assign(new URL(server.url), { pathname: '/small' }).href
    try {
      await mkdir(join(disk, 'small'), { mode: 0o700 })
      await admin.unsafe(`create tablespace small location '${join(disk, 'small')}'`)
      await admin.unsafe(`create database small owner ${new URL(url).username} tablespace small`)
      await migrateDatabase(url)
      await using stack = await createTokenStack({ url, drop: async () => {}, [Symbol.asyncDispose]: async () => {} })
      await stack.install()
      const issue = await stack.startReplica({ dataDir: folder, outageServeMs: 600_000 })
      const service = await stack.createService()
      await issue(service)

      const filler = join(disk, 'filler')
      await writeFile(filler, Buffer.alloc(24_000_000)).catch(() => {}) // All that is left.
      let issued = 1
      while (issue.watch.trouble() === undefined && issued < 2_000) {
        expect((await issue(service)).accessToken.reveal()).toBe('token-1')
        issued++
      }
      expect(issue.watch.trouble()).toBe('full')

      await rm(filler)
      stack.clock.advance(5_000) // A disk counts as full for at least so long.
      await vi.waitFor(() => expect(issue.watch.isDown()).toBe(false), patiently)
      await issue.drainSpool()
      expect(await stack.handOuts()).toHaveLength(issued)
    } finally {
      await admin.unsafe('drop database if exists small with (force)')
      await admin.unsafe('drop tablespace if exists small')
      await admin.end()
      execFileSync('umount', ['--lazy', disk])
      await rm(folder, { recursive: true, force: true })
    }
  },
)
