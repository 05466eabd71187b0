import postgres from 'postgres'
import { expect, test } from 'vitest'
import { createTestDatabase } from './test-database.ts'

test('a test database is migrated, belongs to the role of the server, and is its own', async () => {
  await using one = await createTestDatabase()
  await using other = await createTestDatabase()
  const sql = postgres(one.url, { max: 1 })
  const elsewhere = postgres(other.url, { max: 1 })

  await sql`create table only_here ()`
  const [migrated] = await sql`select count(*)::int as tables from pg_tables where schemaname = 'standin'`
  const [superuser] = await sql`select usesuper from pg_user where usename = current_user`
  const [there] = await elsewhere`select to_regclass('only_here') as found`

  expect(migrated?.tables).toBeGreaterThan(0)
  expect(superuser?.usesuper).toBe(process.env.TEST_DATABASE_URL ? expect.any(Boolean) : false)
  expect(there?.found).toBeNull()
})

test('a dropped test database is gone, open connections or not', async () => {
  const database = await createTestDatabase()
  const sql = postgres(database.url, { max: 1, onclose: () => {} })
  await sql`select 1`

  await database.drop()

  await expect(postgres(database.url, { max: 1 })`select 1`).rejects.toMatchObject({ code: '3D000' })
})
