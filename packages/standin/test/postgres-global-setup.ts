import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../src/database/embedded-postgres/index.ts'
import { makeTemplateDatabase } from './template-database.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the role that the server under test connects as. */
    postgresUrl: string
    /** Address of a role that may create databases. */
    postgresAdminUrl: string
    /** Name of the migrated database that those of the tests are copies of. */
    postgresTemplate: string
  }
}

interface Server {
  readonly url: string
  readonly adminUrl: string
  readonly stop: () => Promise<void>
}

/** One PostgreSQL for a run of the tests, or the one that TEST_DATABASE_URL names, whose role may create databases. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL
  const server = given ? { url: given, adminUrl: given, stop: async () => {} } : await startOwn()
  try {
    const template = await makeTemplateDatabase(server)
    project.provide('postgresUrl', server.url)
    project.provide('postgresAdminUrl', server.adminUrl)
    project.provide('postgresTemplate', template.name)
    return async () => {
      await template.drop()
      await server.stop()
    }
  } catch (error) {
    await server.stop()
    throw error
  }
}

async function startOwn(): Promise<Server> {
  const dataDir = await mkdtemp(join(tmpdir(), 'standin-test-'))
  const { url, adminUrl, stop } = await startEmbeddedPostgres({ dataDir, durable: false })
  return {
    url,
    adminUrl,
    stop: async () => {
      await stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
