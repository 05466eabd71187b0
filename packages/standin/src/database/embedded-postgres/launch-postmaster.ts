import { once } from 'node:events'
import { type FileHandle, lchown, open, readdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Binaries } from './binaries.ts'
import type { EmbeddedFolder } from './embedded-folder.ts'
import type { RunAs } from './run-as.ts'

export interface Launch {
  readonly folder: EmbeddedFolder
  readonly binaries: Binaries
  readonly runAs: RunAs
  readonly port: number
  readonly durable: boolean
}

/** A postmaster that was launched: it may start, lose against another one, or fail. */
export interface Launched {
  hasExited(): boolean
  /** Everything logged since the launch. */
  output(): Promise<string>
}

const maxLogBytes = 1024 * 1024

export async function launchPostmaster({ folder, binaries, runAs, port, durable }: Launch): Promise<Launched> {
  await using log = await open(folder.log, 'a', 0o600)
  if (runAs.account.type === 'other') {
    const { uid, gid } = runAs.account
    await log.chown(uid, gid)
    await giveAway(folder.cluster, { uid, gid })
  }
  const from = await cutWhenLong(log)

  const args = (cluster: string): string[] => ['-D', cluster, ...settings({ port, durable })]
  const child = runAs.launch({ file: binaries.postgres, args, cluster: folder.cluster }, log.fd)
  let failure = ''
  child.on('error', (error) => {
    failure = error.message
  })
  return {
    hasExited: () => failure !== '' || child.exitCode !== null || child.signalCode !== null,
    output: async () => failure || readFrom(folder.log, from),
  }
}

function settings({ port, durable }: { port: number; durable: boolean }): string[] {
  const named = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: durable ? 100 : 200,
    // The log must stay small, and must not show the content of statements or rows.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
    ...(!durable && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }
  return Object.entries(named).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** A port that is free now; it may be taken before PostgreSQL binds it, and then another one is tried. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (!address || typeof address === 'string') throw new TypeError('a TCP server has a port')
  return address.port
}

/** Changes the owner of a cluster that root made in a user namespace, if namespaces are no longer allowed. The folder comes last, so that an interrupted change is repeated. */
async function giveAway(cluster: string, { uid, gid }: { uid: number; gid: number }): Promise<void> {
  await using handle = await open(cluster, 'r')
  if ((await handle.stat()).uid === uid) return
  for (const name of await readdir(cluster, { recursive: true })) await lchown(join(cluster, name), uid, gid)
  await handle.chown(uid, gid)
}

async function cutWhenLong(log: FileHandle): Promise<number> {
  const { size } = await log.stat()
  if (size <= maxLogBytes) return size
  await log.truncate(0)
  return 0
}

async function readFrom(path: string, position: number): Promise<string> {
  await using log = await open(path, 'r')
  const { buffer, bytesRead } = await log.read({ position, buffer: Buffer.alloc(64 * 1024) })
  return buffer.toString('utf8', 0, bytesRead)
}
