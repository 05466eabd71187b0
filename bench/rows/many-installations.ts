import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from 'standin/embedded-postgres'
import { signedGrants, signedKeys } from '../../packages/standin/src/access/access-table.ts'
import { signedAccounts } from '../../packages/standin/src/accounts/account-table.ts'
import { findCredentialsInForce } from '../../packages/standin/src/accounts/credentials-in-force.ts'
import { createAudit } from '../../packages/standin/src/audit/audit.ts'
import { systemClock } from '../../packages/standin/src/clock.ts'
import { connectDatabase } from '../../packages/standin/src/database/database.ts'
import { migrateDatabase } from '../../packages/standin/src/database/migrate.ts'
import { createSignedRows } from '../../packages/standin/src/secrets/signed-rows.ts'
import { findStanding } from '../../packages/standin/src/tokens/standing-store.ts'
import type { Comparison, Measured } from '../compare.ts'
import { quantile } from '../quantile.ts'

const callers = 16
const callsOfEach = 50
const scopeKey = 'asset.view'
const ring = [{ kid: 'bench', bytes: new Uint8Array(32) }] as const
const signedRows = createSignedRows({ ring })
const key = { id: 'key', service: 'bench', digest: 'd', expiresAt: new Date('2099-01-01'), revokedAt: null }
const grant = { service: 'bench', accountId: 'all', scopes: [scopeKey] }
const macs = [signedRows.sign(signedKeys, key), signedRows.sign(signedGrants, grant)] as const

/** All that a token costs the database when no memory helps, among many installations and among few. */
export async function manyInstallations(): Promise<AsyncDisposable & { comparisons: Comparison[] }> {
  const few = await filled(100)
  const many = await filled(100_000)
  const of = (share: number, { name, measure }: typeof few) => ({
    name,
    warmUp: async () => void (await measure(share)),
    measure: () => measure(share),
  })
  const row = (share: number, goal: number): Comparison => ({
    id: `many-installations-p${share * 100}`,
    name: `a token’s statements, ${callers} callers, 100,000 installations against 100: p${share * 100}`,
    ...{ unit: 'ms', goal, better: 'less', rounds: 10 },
    subject: of(share, many),
    reference: of(share, few),
  })
  return {
    comparisons: [row(0.5, 1.15), row(0.99, 1.5)],
    async [Symbol.asyncDispose]() {
      await few.close()
      await many.close()
    },
  }
}

async function filled(installations: number) {
  const folder = await mkdtemp(join(tmpdir(), 'standin-bench-'))
  const server = await startEmbeddedPostgres({ dataDir: folder })
  await migrateDatabase(server.url)
  const { db, sql, close } = connectDatabase(server.url)
  const ids = Array.from({ length: installations }, () => randomUUID())
  const macsOfAccounts = ids.map((accountId) => signedRows.sign(signedAccounts, { accountId, activeGeneration: 1 }))
  await sql`insert into installations (account_id, active_generation, last_generation, mac)
    select account_id, 1, 1, mac
    from unnest(${`{${ids.join()}}`}::text::uuid[], ${`{${macsOfAccounts.join()}}`}::text::text[]) as signed(account_id, mac)`
  await sql`insert into credentials
      (account_id, generation, app_id, client_id, sealed_secret, content_digest, state, issued_at, tie_break, bound, granted_scopes)
    select account_id, 1, 'app', account_id::text, repeat('s', 300), account_id::text, 'active', now(), '', true, '{asset.view}'
    from installations`
  await sql`insert into access_tokens (account_id, scope_key, generation, sealed_token, fingerprint, expires_at, lifetime_ms)
    select account_id, ${scopeKey}, 1, repeat('t', 1200), account_id::text, now() + interval '1 hour', 3600000 from installations`
  await sql`insert into service_keys (id, service, digest, expires_at, mac) values ('key', 'bench', 'd', '2099-01-01', ${macs[0]})`
  await sql`insert into grants (service, account_id, scopes, mac) values ('bench', 'all', '{asset.view}', ${macs[1]})`
  await sql`vacuum analyze`
  const accounts = (await sql`select account_id from installations order by random() limit 10000`).map(
    ({ account_id }) => String(account_id),
  )
  const { recordHandOut } = createAudit({ db, clock: systemClock, keys: ring })

  async function token(accountId: string): Promise<void> {
    const { generation, mac } = await findCredentialsInForce({ db, signedRows }, accountId)
    const { token } = await findStanding(db, { accountId, generation, scopeKey })
    const receiver = { kind: 'service', id: 'bench' } as const
    const fingerprint = token?.fingerprint ?? ''
    const restsOn = [mac, ...macs]
    if (
      !(await recordHandOut({ accountId, generation, scopeKey, fingerprint, serviceKeyId: key.id, restsOn, receiver }))
    )
      throw new Error('the hand-out was refused')
  }

  return {
    name: `${installations.toLocaleString('en')} installations`,
    async close() {
      await close()
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
    async measure(share: number): Promise<Measured> {
      const tookMs: number[] = []
      await Promise.all(
        Array.from({ length: callers }, async () => {
          for (let call = 0; call < callsOfEach; call++) {
            const startedAtMs = performance.now()
            await token(accounts[Math.floor(Math.random() * accounts.length)] ?? '')
            tookMs.push(performance.now() - startedAtMs)
          }
        }),
      )
      return { value: quantile(tookMs, share) }
    },
  }
}
