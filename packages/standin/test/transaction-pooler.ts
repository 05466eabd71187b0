import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'

/** Whether PgBouncer is on the path: a package of the system, and of no registry that Node knows. */
export const hasPgBouncer = spawnSync('pgbouncer', ['--version']).status === 0

/** PgBouncer in front of a database, giving out its sessions for a transaction at a time. */
export async function startTransactionPooler(databaseUrl: string): Promise<{ url: string } & AsyncDisposable> {
  const { hostname, port, pathname, username, password, searchParams } = new URL(databaseUrl)
  const dir = await mkdtemp(join(tmpdir(), 'standin-pgbouncer-'))
  await chmod(dir, 0o755)
  const listenPort = await freePort()
  const target = `host=${searchParams.get('host') ?? hostname} port=${port || 5432} dbname=${pathname.slice(1)} user=${decodeURIComponent(username)} password=${decodeURIComponent(password)}`
  const settings = join(dir, 'pgbouncer.ini')
  await writeFile(
    settings,
    `[databases]
pooled = ${target}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listenPort}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 4
`,
  )
  const asRoot = process.getuid?.() === 0
  const child = spawn('pgbouncer', [...(asRoot ? ['-u', 'nobody'] : []), '-q', settings], { stdio: 'ignore' })
  const url = `postgres://anyone@127.0.0.1:${listenPort}/pooled`
  const sql = postgres(url, { max: 1, fetch_types: false, prepare: false, onnotice: () => {} })
  for (let tries = 0; !(await answers(sql)); tries++) {
    if (tries > 100 || child.exitCode !== null) throw new Error('PgBouncer does not answer.')
    await pause(50)
  }
  await sql.end({ timeout: 1 })
  return {
    url,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) {
        child.kill('SIGKILL')
        await once(child, 'exit')
      }
      await rm(dir, { recursive: true, force: true })
    },
  }
}

const answers = (sql: postgres.Sql) =>
  sql`select 1`.then(
    () => true,
    () => false,
  )

async function freePort(): Promise<number> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address ? address.port : 0
}
