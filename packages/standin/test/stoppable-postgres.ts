import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { embeddedFolder } from '../src/database/embedded-postgres/embedded-folder.ts'
import { type EmbeddedPostgresProcess, startEmbeddedPostgresProcess } from './embedded-postgres-process.ts'

/** A PostgreSQL of its own (with fsync) that can be away for a while, and comes back where it was. */
export async function startStoppablePostgres() {
  const dataDir = await mkdtemp(join(tmpdir(), 'standin-stoppable-'))
  const { cluster } = embeddedFolder(dataDir)
  let holder: EmbeddedPostgresProcess = await startEmbeddedPostgresProcess(dataDir)
  const { url } = holder
  const file = join(cluster, 'postmaster.pid')
  const firstFile = await readFile(file, 'utf8')
  const processId = async () => Number((await readFile(file, 'utf8')).split('\n', 1)[0])

  return {
    url,
    processId,
    /** SIGKILL of whoever would start it again, and of itself; resolves when nobody listens any more. */
    async kill(): Promise<void> {
      await holder.kill()
      await processId()
        .then((pid) => process.kill(pid, 'SIGKILL'))
        .catch(() => {}) // It has ended by itself.
      // One that ended in order has removed its file, and with it the port on which the next one must listen.
      await writeFile(file, firstFile, { flag: 'wx' }).catch(() => {})
      while (await isListening(url)) await pause(5)
    },
    async start(): Promise<void> {
      holder = await startEmbeddedPostgresProcess(dataDir)
      if (holder.url !== url) throw new Error('PostgreSQL came back on another port')
    },
    async [Symbol.asyncDispose]() {
      await holder.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function isListening(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect(Number(port), hostname, () => resolve(true)).on('error', () => resolve(false))
  try {
    return await promise
  } finally {
    socket.destroy()
  }
}
