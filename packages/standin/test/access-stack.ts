import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { type AccessContext, createAccessMemory } from '../src/access/access-context.ts'
import type { AdjustableClock } from './adjustable-clock.ts'
import { emptyTables } from './empty-tables.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { openTestReplica, type ReplicaOptions } from './test-replica.ts'

export interface AccessStack {
  ctx: AccessContext & { clock: AdjustableClock }
  sql: ReturnType<typeof openTestReplica>['sql']
  /** `event` of each audit row, in order. */
  audit(): Promise<string[]>
  /** Every table as text. */
  dump(): Promise<string>
}

/** For a test file: its one database, emptied for each stack, since a new one costs ten times as much. */
export function prepareAccessStacks(): (options?: Pick<ReplicaOptions, 'environment' | 'app'>) => Promise<AccessStack> {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createTestDatabase()
  })
  afterAll(() => database.drop())
  return async (options) => {
    const { ctx, sql, close } = openTestReplica<AdjustableClock>(database, { ...options, pool: 4 })
    onTestFinished(close)
    await emptyTables(sql)
    return {
      ctx: { ...ctx, access: createAccessMemory(ctx) },
      sql,
      audit: async () => (await sql`select event from audit_entries order by id`).map(({ event }) => event as string),
      async dump() {
        const tables = await sql`select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`
        const dumps = await Promise.all(tables.map(({ name }) => sql.unsafe(`select t::text as line from ${name} t`)))
        return dumps.flatMap((rows) => rows.map(({ line }) => line as string)).join('\n')
      },
    }
  }
}
