import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import { startEmbeddedPostgres } from 'standin/embedded-postgres'
import { signedGrants, signedKeys } from '../packages/standin/src/access/access-table.ts'
import { createAudit } from '../packages/standin/src/audit/audit.ts'
import { systemClock } from '../packages/standin/src/clock.ts'
import { type Connection, connectDatabase } from '../packages/standin/src/database/database.ts'
import { migrateDatabase } from '../packages/standin/src/database/migrate.ts'
import { createSignedRows, type SignedRows } from '../packages/standin/src/secrets/signed-rows.ts'
import { insertAccounts } from '../packages/standin/test/many-accounts.ts'

export const scopeKey = 'asset.view'
const ring = [{ kid: 'bench', bytes: new Uint8Array(32) }] as const
const key = { id: 'key', service: 'bench', digest: 'd', expiresAt: new Date('2099-01-01'), revokedAt: null }
const grant = { service: 'bench', accountId: 'all', scopes: [scopeKey] }
const receiver = { kind: 'service', id: 'bench' } as const

/** An embedded PostgreSQL with rows of installed accounts, made by SQL. */
export interface FilledDatabase extends Pick<Connection, 'db' | 'sql'>, AsyncDisposable {
  adminUrl: string
  url: string
  signedRows: SignedRows
  /** At most 10,000 of its accounts, at random. */
  accounts: readonly string[]
  /** Some of them, each with more than fifty others after it. The pages after all of them have 10,000 accounts, too. */
  pageStarts: readonly string[]
  /** Records a token as handed out to a service. */
  handOut(of: { accountId: string; generation: number; mac: string; fingerprint: string }): Promise<void>
  /** Of the whole database, in bytes, after a vacuum. */
  size(): Promise<number>
}

export async function fillDatabase(accounts: number): Promise<FilledDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'standin-bench-'))
  const server = await startWithMemory(folder)
  await migrateDatabase(server.url)
  const { db, sql, close } = connectDatabase(server.url)
  const signedRows = createSignedRows({ ring })
  await insertAccounts(sql, { count: accounts, scopeKey, signedRows })
  const macs = [signedRows.sign(signedKeys, key), signedRows.sign(signedGrants, grant)] as const
  await sql`insert into service_keys (id, service, digest, expires_at, mac) values ('key', 'bench', 'd', '2099-01-01', ${macs[0]})`
  await sql`insert into grants (service, account_id, scopes, mac) values ('bench', 'all', '{asset.view}', ${macs[1]})`
  await sql`vacuum analyze`
  await asAdmin(server, (admin) => admin`checkpoint`) // So that no row waits for what was filled in before it.

  const some = await sql`select account_id from installations order by random() limit 10000`
  const ids = some.map(({ account_id }) => String(account_id))
  const { recordHandOut } = createAudit({ db, clock: systemClock, keys: ring })
  return {
    db,
    sql,
    signedRows,
    adminUrl: server.adminUrl,
    url: server.url,
    accounts: ids,
    pageStarts: startsOfPages(ids),
    async handOut({ mac, ...of }) {
      const token = { ...of, scopeKey, serviceKeyId: key.id, restsOn: [mac, ...macs], receiver }
      if (!(await recordHandOut(token))) throw new Error('the hand-out was refused')
    },
    async size() {
      await sql`vacuum`
      const [row] = await sql`select pg_database_size(current_database())::float8 as bytes`
      return Number(row?.bytes)
    },
    async [Symbol.asyncDispose]() {
      await close()
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const pages = 200

function startsOfPages(ids: readonly string[]): string[] {
  const inOrder = ids.toSorted().slice(0, -51)
  const every = Math.ceil(inOrder.length / pages)
  return inOrder.filter((_, no) => no % every === 0)
}

type Server = Awaited<ReturnType<typeof startEmbeddedPostgres>>

/** With memory for the accounts that are in use, as a server of a million has. PostgreSQL's default is 128 MB, to start anywhere. */
async function startWithMemory(dataDir: string): Promise<Server> {
  const server = await startEmbeddedPostgres({ dataDir })
  await asAdmin(server, (admin) => admin`alter system set shared_buffers = '1GB'`)
  await server.stop()
  return startEmbeddedPostgres({ dataDir })
}

async function asAdmin({ adminUrl }: Server, work: (admin: Sql) => Promise<unknown>): Promise<void> {
  const admin = postgres(adminUrl, { max: 1 })
  await work(admin).finally(() => admin.end())
}
