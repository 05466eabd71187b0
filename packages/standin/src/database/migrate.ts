import { fileURLToPath } from 'node:url'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import { advisoryLocks } from './advisory-locks.ts'
import { connectionOptions } from './database.ts'
import { drizzleOf } from './drizzle-of.ts'
import { addMonthsAhead } from './month-partitions.ts'
import { readTls } from './sockets/read-tls.ts'

/** Two folders up in the sources and in the built package. */
export const migrationsFolder = fileURLToPath(new URL('../../migrations', import.meta.url))

/** If a change takes longer, someone should look at it. */
const longestChangeMs = 600_000

/**
 * Brings the database to this version's tables. Replicas that start at once migrate one after the other.
 * @param url a direct connection: the lock belongs to its session
 * @throws if a table is in use for longer than `waitForLocksMs`: all later statements would wait behind the change
 */
export async function migrateDatabase(url: string, { waitForLocksMs = 5_000 } = {}): Promise<void> {
  const options = connectionOptions({ max: 1, name: 'standin-migrate' })
  const { url: address, options: ofTls } = readTls(url)
  const sql = postgres(address, {
    ...options,
    ...ofTls,
    connection: { ...options.connection, statement_timeout: longestChangeMs },
  })
  try {
    await sql`select pg_advisory_lock(${advisoryLocks.migrations})`
    await sql`select set_config('lock_timeout', ${String(waitForLocksMs)}, false)`
    // This schema must not have a role's name: PostgreSQL would look for our tables in it.
    const db = drizzleOf(sql)
    await migrate(db, { migrationsFolder, migrationsSchema: 'standin_migrations' })
    await addMonthsAhead(db, new Date())
  } finally {
    await sql.end() // Its locks end with the session.
  }
}
