import { randomUUID } from 'node:crypto'
import { inject } from 'vitest'
import { createDatabase } from './create-database.ts'
import type {} from './postgres-global-setup.ts'

export interface TestDatabase extends AsyncDisposable {
  readonly url: string
  /** Ends connections that are still open. */
  drop(): Promise<void>
}

/** A migrated, empty database for one test file, in about 0.05 s: `await using database = await createTestDatabase()`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { url, drop } = await createDatabase({
    adminUrl: inject('postgresAdminUrl'),
    url: inject('postgresUrl'),
    name: `standin_test_${randomUUID().replaceAll('-', '')}`,
    template: inject('postgresTemplate'),
  })
  return { url, drop, [Symbol.asyncDispose]: drop }
}
