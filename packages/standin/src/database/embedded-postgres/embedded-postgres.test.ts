import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { startEmbeddedPostgresProcess } from '../../../test/embedded-postgres-process.ts'
import { patiently } from '../../../test/patiently.ts'
import { EmbeddedPostgresError, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './index.ts'
import { findPostmaster } from './postmaster-file.ts'

const isRoot = process.getuid?.() === 0

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'standin-embedded-'))
  onTestFinished(() => remove(folder))
  return folder
}

/** Also stops what a failed test left running. */
async function remove(folder: string): Promise<void> {
  const pid = await postmasterOf(folder)
  if (pid) process.kill(pid, 'SIGKILL')
  await rm(folder, { recursive: true, force: true, maxRetries: 10 })
}

/** A copy for tests that damage it. */
async function initialisedFolder(): Promise<string> {
  const folder = await temporaryFolder()
  await cp(usedFolder, folder, { recursive: true })
  return folder
}

/** A folder that was used and stopped before, for tests that do not damage it. */
let usedFolder: string
beforeAll(async () => {
  usedFolder = await mkdtemp(join(tmpdir(), 'standin-embedded-'))
  const database = await startEmbeddedPostgres({ dataDir: usedFolder, durable: false })
  await database.stop()
})
afterAll(() => remove(usedFolder))

/** Started without fsync, since these tests begin many clusters; stopped with the test, if the test did not. */
async function start(dataDir: string, options?: Partial<EmbeddedPostgresOptions>) {
  const database = await startEmbeddedPostgres({ dataDir, durable: false, ...options })
  onTestFinished(() => database.stop())
  return database
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} })
  try {
    return [...(await sql.unsafe(text))]
  } finally {
    await sql.end({ timeout: 0 })
  }
}

const clusterOf = (dataDir: string): string => join(dataDir, 'postgres', 'cluster')

/** The process id of the running postmaster. */
async function postmasterOf(dataDir: string): Promise<number | undefined> {
  if (!existsSync(clusterOf(dataDir))) return undefined
  const postmaster = await findPostmaster(clusterOf(dataDir))
  return postmaster?.isRunning ? postmaster.pid : undefined
}

async function runningPostmasterOf(dataDir: string): Promise<number> {
  const pid = await postmasterOf(dataDir)
  if (!pid) throw new Error('no PostgreSQL is running')
  return pid
}

async function oneLine(starting: Promise<unknown>): Promise<string> {
  const error = await starting.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(EmbeddedPostgresError)
  const { message } = error as EmbeddedPostgresError
  expect(message).not.toContain('\n')
  expect(message).toContain('DATABASE_URL')
  return message
}

test('a fresh folder becomes a database that the server owns without being superuser', async () => {
  const folder = await temporaryFolder()
  const [old, young] = [join(folder, 'postgres.new-old'), join(folder, 'postgres.new-young')]
  for (const leftOver of [old, young]) await mkdir(leftOver)
  await utimes(old, 0, 0)

  const { url } = await start(folder)

  expect(
    await query(
      url,
      'select current_database() as database, usesuper, usecreatedb from pg_user where usename = current_user',
    ),
  ).toEqual([{ database: 'standin', usesuper: false, usecreatedb: false }])
  expect(
    await query(
      url,
      "select pg_get_userbyid(datdba) as owner, pg_encoding_to_char(encoding) as encoding from pg_database where datname = 'standin'",
    ),
  ).toEqual([{ owner: 'standin', encoding: 'UTF8' }])
  // Left behind by a killed initialisation: only the old one is removed.
  expect([existsSync(old), existsSync(young)]).toEqual([false, true])
})

test('it listens only on the loopback address, and refuses connections without the password', async () => {
  const folder = usedFolder
  const { url, adminUrl } = await start(folder)

  expect(
    await query(
      adminUrl,
      "select current_setting('listen_addresses') as tcp, current_setting('unix_socket_directories') as unix",
    ),
  ).toEqual([{ tcp: '127.0.0.1', unix: '' }])
  for (const address of [url, adminUrl]) {
    const without = new URL(address)
    without.password = ''
    const wrong = new URL(address)
    wrong.password = 'wrong'
    await expect(query(without.href, 'select 1')).rejects.toThrow()
    await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' })
  }
})

test('the passwords are in a file that only the owner can read, and on no command line', async () => {
  const folder = usedFolder
  const { url, adminUrl } = await start(folder)
  const passwords = [url, adminUrl].map((address) => new URL(address).password)

  const { mode } = await stat(join(folder, 'postgres', 'credentials.json'))
  expect(mode & 0o777).toBe(0o600)
  expect(new Set(passwords).size).toBe(2)
  for (const password of passwords) {
    expect(password.length).toBeGreaterThanOrEqual(32)
    expect(await readFile(join(clusterOf(folder), 'postmaster.opts'), 'utf8')).not.toContain(password)
    expect(await readFile(join(folder, 'postgres', 'postgres.log'), 'utf8')).not.toContain(password)
  }
})

test.runIf(process.platform === 'linux')('PostgreSQL inherits no secret of the process that starts it', async () => {
  const folder = usedFolder
  await using _owner = await startEmbeddedPostgresProcess(folder, { STANDIN_ENCRYPTION_KEYS: 'planted-secret' })

  const environment = await readFile(`/proc/${await runningPostmasterOf(folder)}/environ`, 'utf8')

  expect(environment).toContain('LC_ALL=C')
  expect(environment).not.toContain('planted-secret')
  expect(
    environment
      .split('\0')
      .map((entry) => entry.split('=')[0])
      .toSorted(),
  ).toEqual(expect.not.arrayContaining(['STANDIN_ENCRYPTION_KEYS', 'NODE_OPTIONS', 'USER']))
})

test.runIf(process.platform === 'linux')('Ctrl+C in the terminal of its owner does not reach PostgreSQL', async () => {
  const folder = usedFolder
  await using _owner = await startEmbeddedPostgresProcess(folder)
  const pid = await runningPostmasterOf(folder)

  const [, , group] = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? []

  expect(Number(group)).toBe(pid)
})

test('a second process attaches and sees the same rows, and the last one to leave stops the server', async () => {
  const folder = usedFolder
  const first = await start(folder)
  await query(first.url, 'create table seen_by_both as select 1 as a')

  const second = await startEmbeddedPostgresProcess(folder)
  expect(second.url).toBe(first.url)
  await first.stop()
  expect(await query(second.url, 'select a from seen_by_both')).toEqual([{ a: 1 }])
  await second.stop()

  expect(await postmasterOf(folder)).toBeUndefined()
})

test('two that start at once on a fresh folder share one server', async () => {
  const folder = await temporaryFolder()

  const [here, there] = await Promise.all([start(folder), startEmbeddedPostgresProcess(folder)])

  expect(there.url).toBe(here.url)
  await query(here.url, 'create table t ()')
  expect(await query(there.url, "select to_regclass('t')::text as found")).toEqual([{ found: 't' }])
  await Promise.all([here.stop(), there.stop()])
  expect(await postmasterOf(folder)).toBeUndefined()
})

test('the server outlives a killed owner, and the next start attaches to it', async () => {
  const folder = usedFolder
  const owner = await startEmbeddedPostgresProcess(folder)
  const pid = await runningPostmasterOf(folder)
  await owner.kill()

  const next = await start(folder)

  expect(next.url).toBe(owner.url)
  expect(await postmasterOf(folder)).toBe(pid)
  await next.stop()
  expect(await postmasterOf(folder)).toBeUndefined()
})

test('a committed row survives when the server and its owner are killed', async () => {
  const folder = usedFolder
  const owner = await startEmbeddedPostgresProcess(folder)
  await query(owner.url, 'create table survivor as select 1 as a')
  const pid = await runningPostmasterOf(folder)
  await owner.kill()
  process.kill(pid, 'SIGKILL')

  const { url } = await start(folder, { durable: true })

  expect(await query(url, "select a, current_setting('fsync') as fsync from survivor")).toEqual([{ a: 1, fsync: 'on' }])
})

test('a server that dies while processes are attached comes back at the same address', async () => {
  const folder = usedFolder
  const log = vi.fn()
  const { url } = await start(folder, { log })
  await using _other = await startEmbeddedPostgresProcess(folder)
  const pid = await runningPostmasterOf(folder)

  process.kill(pid, 'SIGKILL')
  await vi.waitFor(() => expect(log).toHaveBeenCalledWith('The embedded PostgreSQL is back'), patiently)

  expect(await query(url, 'select 1 as a')).toEqual([{ a: 1 }])
  expect(await postmasterOf(folder)).not.toBe(pid)
})

test('a process that stops while it restarts a server leaves none behind', async () => {
  const folder = usedFolder
  const database = await start(folder)
  const killed = await runningPostmasterOf(folder)
  process.kill(killed, 'SIGKILL')
  await vi.waitFor(async () => expect(await postmasterOf(folder)).not.toBeOneOf([killed, undefined]), {
    ...patiently,
    interval: 1,
  })

  await database.stop() // Before it takes connections.

  expect(await postmasterOf(folder)).toBeUndefined()
})

test('a stale pid file whose process id now belongs to another program does no harm', async () => {
  const folder = await initialisedFolder()
  const before = await start(folder)
  const file = join(clusterOf(folder), 'postmaster.pid')
  // PostgreSQL ignores its parent's process id, so it must be another program's.
  const bystander = spawn(process.execPath, ['-e', 'process.stdin.resume()'])
  onTestFinished(() => {
    bystander.kill()
  })
  const stale = (await readFile(file, 'utf8')).replace(/^\d+/, String(bystander.pid))
  await before.stop()
  await writeFile(file, stale, { mode: 0o600 })

  const after = await start(folder)

  expect(await query(after.url, 'select 1 as a')).toEqual([{ a: 1 }])
  expect(after.url).toBe(before.url)
})

describe.runIf(isRoot && process.platform === 'linux')('if root may not create a user namespace', () => {
  const nobody = 65534
  // The program that creates one is not found.
  const refusing = { PATH: '/nonexistent' }

  test('a fresh folder is owned by the user “nobody”, even inside a folder that this user may not enter', async () => {
    const folder = await temporaryFolder()
    const owner = await startEmbeddedPostgresProcess(folder, refusing)
    await query(owner.url, 'create table t as select 1 as a')
    expect((await stat(`/proc/${await runningPostmasterOf(folder)}`)).uid).toBe(nobody)
    await owner.stop()
    expect(await postmasterOf(folder)).toBeUndefined()

    const { url } = await start(folder)

    expect(await query(url, 'select a from t')).toEqual([{ a: 1 }])
    expect((await stat(clusterOf(folder))).uid).toBe(nobody)
  })

  test('a folder created in a namespace changes its owner', async () => {
    const folder = await initialisedFolder()
    expect((await stat(clusterOf(folder))).uid).toBe(0)

    await using owner = await startEmbeddedPostgresProcess(folder, refusing)

    expect(await query(owner.url, 'select 1 as a')).toEqual([{ a: 1 }])
    expect((await stat(join(clusterOf(folder), 'base'))).uid).toBe(nobody)
  })
})

test('a folder that cannot be created gives one line', async () => {
  const folder = await temporaryFolder()
  const file = join(folder, 'file')
  await writeFile(file, '')

  expect(await oneLine(start(file))).toContain('must be a folder, and there is a file')
  expect(await oneLine(start(join(file, 'below')))).toContain('must be a folder, and there is a file')
  expect(await oneLine(start(join(folder, 'long'.repeat(300))))).toContain('choose a shorter')
})

test('a folder of another major version gives one line and is not changed', async () => {
  const folder = await initialisedFolder()
  await (await start(folder)).stop()
  await writeFile(join(clusterOf(folder), 'PG_VERSION'), '17\n')

  expect(await oneLine(start(folder))).toMatch(/another major version.*pg_dump/)
  expect(await readFile(join(clusterOf(folder), 'PG_VERSION'), 'utf8')).toBe('17\n')
})

test('a lost or wrong credentials file gives one line', async () => {
  const folder = await initialisedFolder()
  const credentials = join(folder, 'postgres', 'credentials.json')
  const { stop } = await start(folder)
  const wrong = JSON.stringify({ superuserPassword: 'a', applicationPassword: 'b' })

  await writeFile(credentials, wrong)
  expect(await oneLine(start(folder))).toContain('does not take the password')
  await writeFile(credentials, '{')
  expect(await oneLine(start(folder))).toContain('does not hold the two passwords')
  await stop()
  await rm(credentials)
  expect(await oneLine(start(folder))).toContain('restore that file')
})
