import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll } from 'vitest'
import { type CredentialRow, listCredentials } from '../src/accounts/credential-store.ts'
import { findInstallation, type InstallationRow } from '../src/accounts/installation-store.ts'
import { createProveCredentials, type ProvingPolicy } from '../src/accounts/prove-credentials.ts'
import { createUninstall, type Uninstall } from '../src/accounts/uninstall.ts'
import { buildCallbacks, buildReleaseCallback } from '../src/callbacks/build-callbacks.ts'
import type { IdentityPolicy } from '../src/callbacks/callback-identity.ts'
import { eraseCallbacksOf } from '../src/callbacks/callback-store.ts'
import type { ReceiveCallback } from '../src/callbacks/receive-callback.ts'
import type { KeyRing } from '../src/config/key-ring.ts'
import { type Connection, connectDatabase } from '../src/database/database.ts'
import { createLogger } from '../src/observability/logger.ts'
import { createVault, type Vault } from '../src/secrets/vault.ts'
import { eraseTokens } from '../src/tokens/token-store.ts'
import { createKeySet } from '../src/trackunit/key-set.ts'
import type { Negotiation } from '../src/trackunit/negotiate-scopes.ts'
import { scopeSet } from '../src/trackunit/scope-set.ts'
import { type AdjustableClock, createAdjustableClock } from './adjustable-clock.ts'
import { createPublishedKeys, type PublishedKeys } from './published-keys.ts'
import { createSigningKey, type SigningKey } from './signing-keys.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

export const appId = '@acme/fleet-night'
export const account = '11111111-1111-4111-8111-111111111111'
export const otherAccount = '22222222-2222-4222-8222-222222222222'

export const installed = (clientId: string, change: Record<string, unknown> = {}) => ({
  type: 'INSTALLED',
  irisAppId: appId,
  accountId: account,
  clientId,
  clientSecret: `s3cr3t-of-${clientId}`,
  ...change,
})
export const uninstalled = (change: Record<string, unknown> = {}) => ({
  type: 'UNINSTALLED',
  irisAppId: appId,
  accountId: account,
  ...change,
})

/** How Trackunit answers the first exchange of a client. A client without an entry works. */
export type ClientBehaviour = Negotiation | (() => Negotiation | Promise<Negotiation>)

export const refuses: Negotiation = { outcome: 'failed', failure: 'invalid-client' }
export const isDown: Negotiation = { outcome: 'failed', failure: 'unavailable' }
export const works = (claims: Record<string, unknown> = {}, missingFromPlan: string[] = []): Negotiation => ({
  outcome: 'granted',
  granted: scopeSet(['account.asset.view']),
  missingFromPlan,
  token: { claims } as Extract<Negotiation, { outcome: 'granted' }>['token'],
})

export interface CallbackStack {
  url: string
  /** The vault's keys, as their setting writes them. */
  ringText: string
  connection: Connection
  db: Connection['db']
  clock: AdjustableClock
  vault: Vault
  published: PublishedKeys
  signingKey: SigningKey
  receiveCallback: ReceiveCallback
  uninstall: Uninstall
  callbacks: ReturnType<typeof buildCallbacks>
  release: ReturnType<typeof buildReleaseCallback>
  /** Changed in place, as a new setting would. */
  identityPolicy: IdentityPolicy
  /** Signs an identity and hands the callback over. `at` is in seconds after the clock's start. */
  send(body: unknown, how?: { at?: number; bound?: boolean; claims?: Record<string, unknown> }): Promise<string>
  prover: ReturnType<typeof createProveCredentials>
  clients: Map<string, ClientBehaviour>
  /** The client ids that were proven, in order. */
  exchanged: string[]
  /** The account's credentials, the oldest generation first. */
  rows(accountId?: string): Promise<CredentialRow[]>
  installation(accountId?: string): Promise<InstallationRow | undefined>
  /** `event` of each audit row, in order. */
  audit(): Promise<string[]>
  /** As another replica would. */
  connectAgain(): Connection & AsyncDisposable
  /** Every table as text. */
  dump(): Promise<string>
}

type StackOptions = Partial<ProvingPolicy> & { ring?: KeyRing }

/**
 * For a test file: its one database, emptied for each stack, since a new one costs ten times as much.
 * A test that changes the database itself creates its own and uses `createCallbackStack`.
 */
export function prepareCallbackStacks(): (options?: StackOptions) => Promise<CallbackStack> {
  let database: TestDatabase
  let connection: Connection
  beforeAll(async () => {
    database = await createTestDatabase()
    connection = connectDatabase(database.url, { pool: 4 })
  })
  afterAll(async () => {
    await connection.close()
    await database.drop()
  })
  return async (options) => {
    const tables = await tablesOf(connection)
    await connection.sql.unsafe(tables.map((table) => `delete from ${table}`).join(';'))
    return createCallbackStack({ ...database, ...connection }, options)
  }
}

/** Callbacks, credentials and their database, wired as the server wires them; only Trackunit is played. */
export async function createCallbackStack(
  { url, ...connection }: Connection & { url: string },
  { ring = testRing, ...policy }: StackOptions = {},
): Promise<CallbackStack> {
  const { db, sql } = connection
  const clock = createAdjustableClock()
  const startS = clock.now().getTime() / 1_000
  const signingKey = await createSigningKey('marketplace-1')
  const published = createPublishedKeys(signingKey.jwk)
  const vault = createVault(ring)
  const keys = createKeySet(
    { url: 'https://keys.example/jwks', cooldownMs: 30_000, userAgent: 'test' },
    { clock, fetch: published.fetch },
  )
  const uninstall = createUninstall([eraseTokens, eraseCallbacksOf])
  const identityPolicy: IdentityPolicy = {
    appId,
    issuer: undefined,
    audience: undefined,
    maxAgeMs: 300_000,
    ownHosts: ['standin.example'],
  }
  const parts = { db, vault, clock, uninstall, policy: identityPolicy }
  const built = buildCallbacks({ ...parts, keys, log: createLogger('silent'), newId: randomUUID })
  const { receiveCallback } = built
  const clients = new Map<string, ClientBehaviour>()
  const exchanged: string[] = []
  const prover = createProveCredentials({
    db,
    vault,
    clock,
    log: createLogger('silent'),
    uninstall,
    negotiate: async ({ clientId, clientSecret }) => {
      if (!clientSecret.reveal().startsWith('s3cr3t')) throw new Error('not the secret that came')
      exchanged.push(clientId)
      const behaviour = clients.get(clientId) ?? works()
      return typeof behaviour === 'function' ? behaviour() : behaviour
    },
    policy: {
      reinstallPolicy: 'approve',
      accountClaim: undefined,
      patienceMs: 900_000,
      abandonedAfterMs: 30 * 86_400_000,
      ...policy,
    },
  })

  return {
    url,
    ringText: ring.map(({ kid, bytes }) => `${kid}:${Buffer.from(bytes).toString('base64url')}`).join(),
    connection,
    db,
    clock,
    vault,
    published,
    signingKey,
    receiveCallback,
    uninstall,
    callbacks: built,
    release: buildReleaseCallback(parts),
    identityPolicy,
    prover,
    clients,
    exchanged,
    async send(body, { at, bound = true, claims = {} } = {}) {
      const iat = at === undefined ? Math.floor(clock.now().getTime() / 1_000) : startS + at
      const { accountId } = body as { accountId: string }
      const identity = await signingKey.sign({ iat, exp: iat + 3_600, ...(bound && { accountId }), ...claims })
      const { status } = await receiveCallback(delivered(identity, body, clock))
      return status
    },
    rows: async (accountId = account) => (await listCredentials(db, accountId)).reverse(),
    installation: (accountId = account) => findInstallation(db, accountId),
    audit: async () => (await sql`select event from audit_entries order by id`).map(({ event }) => event),
    connectAgain() {
      const other = connectDatabase(url, { pool: 2 })
      return { ...other, [Symbol.asyncDispose]: other.close }
    },
    dump: () => dumpTables(connection),
  }
}

/** As the route hands it over. */
export const delivered = (identity: string | undefined, body: unknown, clock: AdjustableClock) => ({
  identity,
  body: body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body)),
  arrivedAtMs: clock.monotonicMs(),
  address: '192.0.2.1',
})

const testRing: KeyRing = [{ kid: 'first', bytes: new Uint8Array(32).map((_, index) => index) }]

async function dumpTables(connection: Connection): Promise<string> {
  const tables = await tablesOf(connection)
  const dumps = await Promise.all(
    tables.map((table) => connection.sql.unsafe(`select t::text as line from ${table} t`)),
  )
  return dumps.flatMap((rows) => rows.map(({ line }) => line as string)).join('\n')
}

/** Every table of ours, quoted. */
async function tablesOf({ sql }: Connection): Promise<string[]> {
  const tables = await sql`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema', 'standin_migrations')`
  return tables.map(({ name }) => name as string)
}
