import { getHeapSpaceStatistics } from 'node:v8'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { patiently } from '../../test/patiently.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { hasPgBouncer, startTransactionPooler } from '../../test/transaction-pooler.ts'
import { connectDatabase } from './database.ts'
import { databaseTrouble } from './database-trouble.ts'

async function connect(options: Parameters<typeof connectDatabase>[1] = {}) {
  const database = await createTestDatabase()
  const connection = connectDatabase(database.url, options)
  onTestFinished(async () => {
    await connection.close()
    await database.drop()
  })
  return connection
}

test('invariant 1: committed data is on disk, whatever the database’s own default is', async () => {
  const database = await createTestDatabase()
  onTestFinished(database.drop)
  const name = new URL(database.url).pathname.slice(1)
  const first = connectDatabase(database.url)
  await first.sql`alter database ${first.sql(name)} set synchronous_commit = off`
  await first.close()

  const { sql, close } = connectDatabase(database.url)
  onTestFinished(close)

  expect(await sql`show synchronous_commit`).toEqual([{ synchronous_commit: 'on' }])
})

test('its connections have a name of their own', async () => {
  const { sql } = await connect()
  expect(await sql`show application_name`).toEqual([{ application_name: 'standin' }])
})

test('a statement that hangs is ended, and so is a transaction that does nothing', async () => {
  const { sql } = await connect({ pool: 1, statementMs: 500 })
  await expect(sql`select pg_sleep(30)`).rejects.toMatchObject({ code: '57014' })
  await expect(sql.begin(() => new Promise(() => {}))).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' })
  const { sql: patient } = await connect({ pool: 1 })
  expect(await patient`show statement_timeout`).toEqual([{ statement_timeout: '10min' }])
})

test('a statement that hangs is ended behind a transaction pooler as well, which takes no settings', async () => {
  const { sql } = await connect({ pool: 1, pooled: true, statementMs: 50 })
  await expect(sql`select pg_sleep(30)`).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' })
})

test('behind a transaction pooler nothing is prepared', async () => {
  const { sql } = await connect({ pool: 1, pooled: true })
  await sql`select ${1}::int`
  expect(await sql`select count(*)::int from pg_prepared_statements`).toEqual([{ count: 0 }])
})

test('a lost connection costs at most the query that used it', async () => {
  const { sql } = await connect({ pool: 1 })
  const pid = async () => (await sql`select pg_backend_pid() as pid`)[0]?.pid
  const lost = await pid()

  await sql`select pg_terminate_backend(${lost})`.catch(() => {})

  await vi.waitFor(async () => expect(await pid()).not.toBe(lost), patiently)
})

test('rows that are read and dropped are freed by young collections, not only by the next full one', async () => {
  const { sql } = await connect({ pool: 1 })
  const oldBytes = () =>
    getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')?.space_used_size ?? 0
  const readPage = () =>
    sql`select jsonb_build_object('nth', n, 'text', md5(n::text)) as cells from generate_series(1, 2_000) n`
  for (let page = 0; page < 20; page++) await readPage() // Allocates what is only allocated once.

  const before = oldBytes()
  let most = before
  for (let page = 0; page < 200; page++) {
    await readPage()
    most = Math.max(most, oldBytes())
  }

  expect((most - before) / 1_000_000).toBeLessThan(15) // Of some eighty that were read.
})

describe('the error that the operator sees if the database cannot be used', () => {
  test.for<{ title: string; change: (url: URL) => void; code: string }>([
    {
      title: 'nothing listens',
      change: (url) => Object.assign(url, { hostname: '127.0.0.1', port: '1', search: '' }),
      code: 'ECONNREFUSED',
    },
    {
      title: 'there is no such database',
      change: (url) => Object.assign(url, { pathname: '/nothing' }),
      code: '3D000',
    },
    {
      title: 'it is read-only',
      change: (url) => url.searchParams.set('default_transaction_read_only', 'on'),
      code: '25006',
    },
    {
      title: 'the password is wrong',
      change: (url) => Object.assign(url, { password: 'wr0ng-s3cret' }),
      code: '28P01',
    },
  ])('$title: $code', async ({ change, code }) => {
    const database = await createTestDatabase()
    const url = new URL(database.url)
    change(url)
    const { sql, close } = connectDatabase(url.href)
    onTestFinished(async () => {
      await close()
      await database.drop()
    })

    const error = await sql`create table written (id int)`.catch((cause: unknown) => new Error('wrapped', { cause }))

    expect(databaseTrouble(error)).toContain(`(${code})`)
    expect(databaseTrouble(error)).not.toContain('s3cret')
  })

  test.skipIf(!hasPgBouncer)('a transaction pooler that is not configured as one: 08P01', async () => {
    await using database = await createTestDatabase()
    await using pooler = await startTransactionPooler(database.url)
    const { sql, close } = connectDatabase(pooler.url, { pool: 1 })
    onTestFinished(close)

    expect(databaseTrouble(await sql`select 1`.catch((error: unknown) => error))).toContain('DATABASE_DIRECT_URL')
  })

  test('other failures are not attributed to the database', () => {
    expect(databaseTrouble(new Error('no'))).toBeUndefined()
    expect(databaseTrouble(Object.assign(new Error('no'), { code: '23505' }))).toBeUndefined()
  })
})
