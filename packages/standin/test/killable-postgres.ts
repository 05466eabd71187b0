import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import { embeddedFolder } from '../src/database/embedded-postgres/embedded-folder.ts'
import { startEmbeddedPostgres } from '../src/database/embedded-postgres/index.ts'
import { migrateDatabase } from '../src/database/migrate.ts'

/** A migrated PostgreSQL that can be killed and restarts on its own. */
export async function startKillablePostgres() {
  const dataDir = await mkdtemp(join(tmpdir(), 'standin-killable-'))
  const server = await startEmbeddedPostgres({ dataDir, durable: true })
  await migrateDatabase(server.url)
  const processId = async () => {
    const text = await readFile(join(embeddedFolder(dataDir).cluster, 'postmaster.pid'), 'utf8').catch(() => '')
    return Number(text.split('\n', 1)[0])
  }
  return {
    url: server.url,
    /** SIGKILL of the postmaster; resolves when another one answers. */
    async kill(): Promise<void> {
      const killed = await processId()
      process.kill(killed, 'SIGKILL')
      while ([killed, 0].includes(await processId()) || !(await answers(server.url))) await pause(20)
    },
    async [Symbol.asyncDispose]() {
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function answers(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 1, fetch_types: false, onnotice: () => {} })
  try {
    await sql`select 1`
    return true
  } catch {
    return false
  } finally {
    await sql.end({ timeout: 0 })
  }
}
