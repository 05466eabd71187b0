import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import { startEmbeddedPostgres } from 'standin/embedded-postgres'
import { signedGrants, signedKeys } from '../packages/standin/src/access/access-table.ts'
import { signedAccounts } from '../packages/standin/src/accounts/account-table.ts'
import { createAudit } from '../packages/standin/src/audit/audit.ts'
import { systemClock } from '../packages/standin/src/clock.ts'
import { type Connection, connectDatabase } from '../packages/standin/src/database/database.ts'
import { migrateDatabase } from '../packages/standin/src/database/migrate.ts'
import { createSignedRows, type SignedRows } from '../packages/standin/src/secrets/signed-rows.ts'

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

/** Accounts of one statement: their ids and signatures are its parameters. */
const atOnce = 50_000

export async function fillDatabase(accounts: number): Promise<FilledDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'standin-bench-'))
  const server = await startWithMemory(folder)
  await migrateDatabase(server.url)
  const { db, sql, close } = connectDatabase(server.url)
  const signedRows = createSignedRows({ ring })
  for (let left = accounts; left > 0; left -= atOnce) {
    const ids = Array.from({ length: Math.min(left, atOnce) }, () => randomUUID())
    const macs = ids.map((accountId) => signedRows.sign(signedAccounts, { accountId, activeGeneration: 1 }))
    await sql`insert into installations (account_id, active_generation, last_generation, mac)
      select account_id, 1, 1, mac
      from unnest(${`{${ids.join()}}`}::text::uuid[], ${`{${macs.join()}}`}::text::text[]) as signed(account_id, mac)`
  }
  // As an installed account leaves them: one callback, proven credentials, a token in use, and its events.
  await sql`insert into credentials (account_id, generation, app_id, client_id, sealed_secret, content_digest, state, issued_at,
      tie_break, bound, proven_at, granted_scopes)
    select account_id, 1, 'app', account_id::text, repeat('s', 300), account_id::text, 'active', now(), '', true, now(), '{asset.view}'
    from installations`
  await sql`insert into proven_clients (client_id, account_id) select account_id::text, account_id from installations`
  await sql`insert into callbacks (account_id, app_id, type, content_digest, issued_at, outcome, generation, claim_names)
    select account_id, 'app', 'INSTALLED', account_id::text, now(), 'accepted', 1, '{iat,exp,accountId}' from installations`
  await sql`insert into callback_identities (identity_digest, account_id, content_digest, issued_at)
    select account_id::text, account_id, account_id::text, now() from installations`
  await sql`insert into access_tokens (account_id, scope_key, generation, sealed_token, fingerprint, expires_at, lifetime_ms)
    select account_id, ${scopeKey}, 1, repeat('t', 1200), account_id::text, now() + interval '1 hour', 3600000 from installations`
  await sql`insert into token_leases (account_id, scope_key, generation, fence, refresh_at, lifetime_ms)
    select account_id, ${scopeKey}, 1, 1, now() + random() * interval '1 hour', 3600000 from installations`
  await sql`insert into installation_events (seq, at, account_id, type)
    select row_number() over (), now(), account_id, type
    from installations, unnest(array['installed', 'active']) as type`
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
