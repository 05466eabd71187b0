import { readFile } from 'node:fs/promises'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { inject } from 'vitest'
import { type Connection, connectionOptions, type Database } from '../src/database/database.ts'
import { withPreparedStatements } from '../src/database/prepared-statements.ts'
import { createDatabase } from './create-database.ts'
import type {} from './postgres-global-setup.ts'

const shards = 4
const migration = new URL('../migrations/0000_initial.sql', import.meta.url)

/** A statement that was executed, and the shards whose tables it read or wrote. */
export interface Executed {
  text: string
  shards: readonly number[]
}

export interface ShardedDatabase extends AsyncDisposable {
  url: string
  /** Everything that is executed over it is noted, with what foreign keys execute. */
  connection: Connection
  /** The tables that are sharded. */
  tables: readonly string[]
  /** What was executed since the last call, in order. */
  executed(): Executed[]
  /** Each shard's rows, over all tables. */
  shardOf(accountId: string): Promise<number>
}

/**
 * A database whose tables are partitioned by a hash of the account, if it is in their primary key: like the shards of a
 * larger deployment, on plain PostgreSQL. It is made from the migration, so a unique key without the account makes it fail.
 */
export async function createShardedDatabase(): Promise<ShardedDatabase> {
  const name = `standin_sharded_${crypto.randomUUID().replaceAll('-', '')}`
  const { url, drop } = await createDatabase({
    adminUrl: inject('postgresAdminUrl'),
    url: inject('postgresUrl'),
    name,
  })
  const statements = (await readFile(migration, 'utf8')).split('--> statement-breakpoint')
  const tables = statements.flatMap((text) => (isSharded(text) ? (/TABLE "(\w+)"/.exec(text)?.[1] ?? []) : []))
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  for (const text of statements)
    await sql.unsafe(isSharded(text) ? text.replace(/;\s*$/, ' PARTITION BY HASH (account_id)') : text)
  for (const table of tables)
    for (let shard = 0; shard < shards; shard++)
      await sql.unsafe(`create table ${table}_shard_${shard} partition of ${table}
        for values with (modulus ${shards}, remainder ${shard})`)
  await sql.end()
  await explainEverything(name)

  let noted: Executed[] = []
  const client = postgres(url, {
    ...connectionOptions({ max: 6, name: 'standin' }),
    onnotice: ({ message = '' }) => {
      const json = message.slice(message.indexOf('{'))
      if (message.includes('plan:')) noted.push(readPlan(JSON.parse(json)))
    },
  })
  const prepared = withPreparedStatements(client)
  const db = drizzle({ client: prepared.sql, casing: 'snake_case' }) as Database
  const close = () => client.end({ timeout: 5 })
  return {
    url,
    tables,
    connection: { sql: client, db, preparedTexts: prepared.known, cut: () => {}, close },
    executed() {
      const since = noted
      noted = []
      return since
    },
    async shardOf(accountId) {
      const [row] = await client`
        select n from generate_series(0, ${shards - 1}) n
        where satisfies_hash_partition('runs'::regclass, ${shards}, n, ${accountId}::uuid)`
      return Number(row?.n)
    },
    async [Symbol.asyncDispose]() {
      await close()
      await drop()
    },
  }
}

/** These have an account in their primary key and belong to none: two directories over all accounts, and what services may do. */
const ofNoAccount = /TABLE "(proven_clients|callback_identities|grants)"/

const isSharded = (text: string) =>
  /CREATE TABLE/.test(text) &&
  !ofNoAccount.test(text) &&
  /PRIMARY KEY\([^)]*"account_id"|"account_id" uuid PRIMARY KEY/.test(text)

/** Plans as if the tables were large and had no statistics, so that only the account can exclude a shard. */
async function explainEverything(name: string): Promise<void> {
  const admin = postgres(inject('postgresAdminUrl'), { max: 1, onnotice: () => {} })
  const settings = {
    session_preload_libraries: "'auto_explain'",
    'auto_explain.log_min_duration': 0,
    'auto_explain.log_analyze': 'on',
    'auto_explain.log_timing': 'off',
    'auto_explain.log_nested_statements': 'on',
    'auto_explain.log_format': 'json',
    'auto_explain.log_level': 'notice',
    plan_cache_mode: 'force_generic_plan',
    enable_seqscan: 'off',
    enable_hashjoin: 'off',
    enable_mergejoin: 'off',
  }
  for (const [setting, value] of Object.entries(settings))
    await admin.unsafe(`alter database ${name} set ${setting} = ${value}`)
  await admin.end({ timeout: 1 })
}

interface Plan {
  'Relation Name'?: string
  'Actual Loops'?: number
  Plans?: Plan[]
}

function readPlan({ 'Query Text': text, Plan: plan }: { 'Query Text': string; Plan: Plan }): Executed {
  const touched = (of: Plan): number[] => [
    ...(of['Actual Loops'] === 0 ? [] : [Number(/_shard_(\d+)$/.exec(of['Relation Name'] ?? '')?.[1] ?? Number.NaN)]),
    ...(of.Plans ?? []).flatMap(touched),
  ]
  const found = new Set(touched(plan).filter((shard) => !Number.isNaN(shard)))
  return { text, shards: [...found].sort() }
}
