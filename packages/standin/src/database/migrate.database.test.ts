import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { expect, inject, onTestFinished, test } from 'vitest'
import { createDatabase } from '../../test/create-database.ts'
import { databaseTrouble } from './database-trouble.ts'
import { migrateDatabase } from './migrate.ts'

async function createEmptyDatabase() {
  const { url, drop } = await createDatabase({
    adminUrl: inject('postgresAdminUrl'),
    url: inject('postgresUrl'),
    name: `standin_empty_${randomUUID().replaceAll('-', '')}`,
  })
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  onTestFinished(async () => {
    await sql.end()
    await drop()
  })
  return { url, sql }
}
const tables = (sql: postgres.Sql) => sql`select tablename from pg_tables where schemaname = 'public' order by 1`

test('replicas that start at once migrate one after the other, and all succeed', async () => {
  const { url, sql } = await createEmptyDatabase()

  await Promise.all(Array.from({ length: 4 }, () => migrateDatabase(url)))

  expect((await tables(sql)).map(({ tablename }) => tablename)).toEqual(
    expect.arrayContaining(['access_tokens', 'audit_entries', 'callbacks', 'credentials', 'installations', 'runs']),
  )
})

test('a second start changes nothing', async () => {
  const { url, sql } = await createEmptyDatabase()
  await migrateDatabase(url)
  await sql`insert into installations (account_id) values (${randomUUID()})`
  const before = await sql`select count(*)::int from standin_migrations.__drizzle_migrations`

  await migrateDatabase(url)

  expect(await sql`select count(*)::int from standin_migrations.__drizzle_migrations`).toEqual(before)
  expect(await sql`select count(*)::int from installations`).toEqual([{ count: 1 }])
})

test('every table with a month is partitioned by it: the migration was made by `make-migration.ts`', async () => {
  const { url, sql } = await createEmptyDatabase()
  await migrateDatabase(url)
  const kinds = await sql`
    select relname as name, relkind as kind from pg_attribute join pg_class on pg_class.oid = attrelid
    where attname = 'month' and relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition order by 1`
  expect(kinds).toEqual([
    { name: 'hand_out_groups', kind: 'p' },
    { name: 'hand_out_kinds', kind: 'p' },
  ])
})

test('a migration does not wait long for a locked table: every later query would wait behind it', async () => {
  const { url, sql } = await createEmptyDatabase()
  await migrateDatabase(url)
  await sql.begin(async (backup) => {
    await backup`lock table standin_migrations.__drizzle_migrations in access exclusive mode`
    const error = await migrateDatabase(url, { waitForLocksMs: 20 }).catch((failure: unknown) => failure)
    expect(databaseTrouble(error)).toContain('a backup for example')
  })
  await migrateDatabase(url)
})

test('its lock is released when it ends, also when it fails', async () => {
  const { url, sql } = await createEmptyDatabase()
  await sql`create table runs ()` // Makes the migration fail.

  await expect(migrateDatabase(url)).rejects.toThrow()

  expect(
    await sql`select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
  ).toEqual([])
  await sql`drop table runs`
  await migrateDatabase(url)
})
