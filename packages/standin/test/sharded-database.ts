import { readFile } from 'node:fs/promises'
import postgres from 'postgres'
import { inject } from 'vitest'
import type { Connection } from '../src/database/database.ts'
import { createDatabase } from './create-database.ts'
import { connectExplained, type Explained, explainEverything, nodesOf } from './explained-statements.ts'
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
  await explainEverything(inject('postgresAdminUrl'), name)

  const { connection, executed } = connectExplained(url)
  return {
    url,
    tables,
    connection,
    executed: () => executed().map(shardsOf),
    async shardOf(accountId) {
      const [row] = await connection.sql`
        select n from generate_series(0, ${shards - 1}) n
        where satisfies_hash_partition('runs'::regclass, ${shards}, n, ${accountId}::uuid)`
      return Number(row?.n)
    },
    async [Symbol.asyncDispose]() {
      await connection.close()
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

function shardsOf({ text, plan }: Explained): Executed {
  const found = nodesOf(plan).flatMap(({ 'Actual Loops': loops, 'Relation Name': table = '' }) => {
    const [, shard] = /_shard_(\d+)$/.exec(table) ?? []
    return loops === 0 || shard === undefined ? [] : Number(shard)
  })
  return { text, shards: [...new Set(found)].sort() }
}
