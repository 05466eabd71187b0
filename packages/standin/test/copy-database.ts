import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { inject } from 'vitest'
import { createDatabase } from './create-database.ts'
import type { TestDatabase } from './test-database.ts'

const nameOf = ({ url }: { url: string }) => new URL(url).pathname.slice(1)

/** Runs statements as the administrator of the tests' server. */
async function asAdministrator(work: (sql: postgres.Sql) => Promise<void>): Promise<void> {
  const sql = postgres(inject('postgresAdminUrl'), { max: 1, onnotice: () => {} })
  try {
    await work(sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

/** Ends every session of a database, as copying and renaming it require. */
const endSessions = (sql: postgres.Sql, name: string) =>
  sql`select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = ${name}`

/** A backup: the database as it is now. Its sessions are ended. */
export async function copyDatabase(database: { url: string }): Promise<TestDatabase> {
  await asAdministrator(async (sql) => void (await endSessions(sql, nameOf(database))))
  const { url, drop } = await createDatabase({
    adminUrl: inject('postgresAdminUrl'),
    url: inject('postgresUrl'),
    name: `standin_test_${randomUUID().replaceAll('-', '')}`,
    template: nameOf(database),
  })
  return { url, drop, [Symbol.asyncDispose]: drop }
}

/** Swaps two databases, as a failover does, and ends all sessions. */
export async function swapDatabases(one: { url: string }, other: { url: string }): Promise<void> {
  const [first, second, third] = [nameOf(one), nameOf(other), `standin_swap_${randomUUID().replaceAll('-', '')}`]
  await asAdministrator(async (sql) => {
    const move = async (from: string, to: string) => {
      // Clients reconnect at once, and are refused until the new name exists.
      await sql`alter database ${sql(from)} allow_connections false`
      await endSessions(sql, from)
      await sql`alter database ${sql(from)} rename to ${sql(to)}`
    }
    await move(first, third)
    await move(second, first)
    await move(third, second)
    for (const name of [first, second]) await sql`alter database ${sql(name)} allow_connections true`
  })
}
