import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { embeddedFolder } from '../src/database/embedded-postgres/embedded-folder.ts'
import { type EmbeddedPostgresProcess, startEmbeddedPostgresProcess } from './embedded-postgres-process.ts'

const mostTries = 20

/** A PostgreSQL of its own (with fsync) that can be away for a while, and comes back where it was. */
export async function startStoppablePostgres() {
  const dataDir = await mkdtemp(join(tmpdir(), 'standin-stoppable-'))
  const { cluster } = embeddedFolder(dataDir)
  let holder: EmbeddedPostgresProcess = await startEmbeddedPostgresProcess(dataDir)
  const { url } = holder
  const file = join(cluster, 'postmaster.pid')
  const firstFile = await readFile(file, 'utf8')
  const processId = async () => Number((await readFile(file, 'utf8')).split('\n', 1)[0])

  async function killAll(): Promise<void> {
    await holder.kill()
    for (let pids = await serversOf(cluster); pids.length > 0; pids = await serversOf(cluster)) {
      for (const pid of pids) kill(pid)
      await pause(5)
    }
    // One that ended in order has removed its file, and with it the port on which the next one must listen.
    await writeFile(file, firstFile)
  }

  return {
    url,
    processId,
    /** SIGKILL of what would start it again, and of itself, although it may just be starting. */
    kill: killAll,
    async start(): Promise<void> {
      for (let tries = 1; ; tries++) {
        holder = await startEmbeddedPostgresProcess(dataDir)
        if (holder.url === url) return
        if (tries === mostTries) throw new Error('PostgreSQL came back on another port')
        await killAll() // Another process had the port, for instance a client that tried to connect from it to itself.
      }
    },
    async [Symbol.asyncDispose]() {
      await holder.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function serversOf(cluster: string): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,args='])
  const lines = stdout.split('\n').filter((line) => line.includes(`-D ${cluster} `))
  return lines.map((line) => Number.parseInt(line, 10))
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has already ended.
  }
}
