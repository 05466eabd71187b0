import postgres from 'postgres'
import { expect, onTestFinished, test } from 'vitest'
import { createTestDatabase } from './test-database.ts'

function connect(url: string): postgres.Sql {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  onTestFinished(() => sql.end({ timeout: 0 }))
  return sql
}

test('a test database is migrated, belongs to the role of the server, and is its own', async () => {
  await using one = await createTestDatabase()
  await using other = await createTestDatabase()
  const sql = connect(one.url)

  await sql`create table only_here ()`

  expect(
    await sql`select pg_get_userbyid(datdba) = current_user as owns from pg_database where datname = current_database()`,
  ).toEqual([{ owns: true }])
  expect(
    await sql`select count(*) > 3 as migrated from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
  ).toEqual([{ migrated: true }])
  expect(await connect(other.url)`select to_regclass('only_here') as found`).toEqual([{ found: null }])
})

test('a dropped test database is gone, open connections or not', async () => {
  const database = await createTestDatabase()
  await connect(database.url)`select 1`

  await database.drop()

  await expect(connect(database.url)`select 1`).rejects.toMatchObject({ code: '3D000' })
})
