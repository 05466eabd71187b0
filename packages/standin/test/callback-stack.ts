import { afterAll, beforeAll } from 'vitest'
import {
  type CredentialRow,
  findInstallation,
  type InstallationRow,
  listCredentials,
} from '../src/accounts/account-store.ts'
import { parkCredentials } from '../src/accounts/park-credentials.ts'
import { proveDueCredentials } from '../src/accounts/prove-credentials.ts'
import { createActionCatalogue } from '../src/actions/action-catalogue.ts'
import { type DeliveredCallback, receiveCallback } from '../src/callbacks/receive-callback.ts'
import type { Environment } from '../src/config/environment-schema.ts'
import { type Connection, connectDatabase } from '../src/database/database.ts'
import { noteSuccess } from '../src/trackunit/sign-in-outage-store.ts'
import { assemble, type StandinContext } from '../src/wiring/assemble.ts'
import type { AdjustableClock } from './adjustable-clock.ts'
import { type ClientBehaviour, playClients } from './played-clients.ts'
import { createPublishedKeys, type PublishedKeys } from './published-keys.ts'
import { createSigningKey, type SigningKey } from './signing-keys.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { openTestReplica, testApp } from './test-replica.ts'

export { type ClientBehaviour, isDown, refuses, works } from './played-clients.ts'
export const appId = testApp.id
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

export interface CallbackStack {
  url: string
  ctx: StandinContext & { clock: AdjustableClock }
  /** The vault's keys, as their setting writes them. */
  ringText: string
  connection: Connection
  db: Connection['db']
  clock: AdjustableClock
  vault: StandinContext['vault']
  published: PublishedKeys
  signingKey: SigningKey
  receiveCallback(delivered: DeliveredCallback): ReturnType<typeof receiveCallback>
  /** Changed in place, as a new setting would. */
  settings: {
    -readonly [Name in keyof StandinContext['config']['callback']]: StandinContext['config']['callback'][Name]
  }
  /** Signs an identity and delivers the callback. `at` is in seconds after the clock's start. */
  send(body: unknown, how?: { at?: number; bound?: boolean; claims?: Record<string, unknown> }): Promise<string>
  prover: {
    proveDue(): Promise<boolean>
    park(key: { accountId: string; generation: number }): Promise<void>
  }
  /** How Trackunit answers the first exchange of a client. A client without an entry works. */
  clients: Map<string, ClientBehaviour>
  /** The client ids that were proven, in order. */
  exchanged: string[]
  /** The account's credentials, the oldest generation first. */
  rows(accountId?: string): Promise<CredentialRow[]>
  installation(accountId?: string): Promise<InstallationRow | undefined>
  /** `event` of each audit row, in order. */
  audit(): Promise<string[]>
  /**
   * Tries what is due this many times, 15 minutes apart, while Trackunit accepts another client (with `others` false, it
   * accepts none).
   */
  probe(times: number, how?: { others?: boolean }): Promise<void>
  /** As another replica would. */
  connectAgain(): Connection & AsyncDisposable
  /** Every table as text, except the published keys, which are saved in the background. */
  dump(): Promise<string>
  close(): Promise<void>
}

/**
 * For a test file: its one database, emptied for each stack, since a new one costs ten times as much.
 * A test that changes the database itself creates its own and uses `createCallbackStack`.
 */
export function prepareCallbackStacks(): (environment?: Environment) => Promise<CallbackStack> {
  let database: TestDatabase
  let connection: Connection
  let last: CallbackStack | undefined
  beforeAll(async () => {
    database = await createTestDatabase()
    connection = connectDatabase(database.url, { pool: 4 })
  })
  afterAll(async () => {
    await last?.close()
    await connection.close()
    await database.drop()
  })
  return async (environment) => {
    await last?.close()
    const tables = await tablesOf(connection)
    await connection.sql.unsafe(tables.map((table) => `delete from ${table}`).join(';'))
    last = await createCallbackStack({ ...database, ...connection }, environment)
    return last
  }
}

/** A test's replica with what tests of callbacks need: signed callbacks, and clients that work or are refused. */
export async function createCallbackStack(
  { url, ...connection }: Connection & { url: string },
  environment: Environment = {},
): Promise<CallbackStack> {
  const signingKey = await createSigningKey('marketplace-1')
  const published = createPublishedKeys(signingKey.jwk)
  const played = playClients()
  const fetch: typeof globalThis.fetch = (address, init) =>
    (String(address).endsWith('/jwks') ? published.fetch : played.fetch)(address, init)
  // Keys are saved in the background: another stack of the same database must not find them.
  const settings = { ...many, TRACKUNIT_JWKS_URL: `https://trackunit.example/${++stacks}/jwks`, ...environment }
  const replica = openTestReplica({ url }, { connection, fetch, environment: settings })
  const wired = assemble(replica.ctx, createActionCatalogue([], []), { publicUrl: () => 'https://standin.example' })
  const ctx = { ...replica.ctx, ...wired, clock: replica.ctx.clock }
  const { clock } = ctx
  const startS = clock.now().getTime() / 1_000

  return {
    url,
    ctx,
    connection,
    clock,
    published,
    signingKey,
    db: ctx.db,
    vault: ctx.vault,
    clients: played.clients,
    exchanged: played.exchanged,
    settings: ctx.config.callback,
    ringText: ctx.config.keys.encryption
      .map(({ kid, bytes }) => `${kid}:${Buffer.from(bytes).toString('base64url')}`)
      .join(),
    receiveCallback: (delivered) => receiveCallback(ctx, delivered),
    prover: { proveDue: () => proveDueCredentials(ctx), park: (key) => parkCredentials(ctx, key) },
    async send(body, { at, bound = true, claims = {} } = {}) {
      const iat = at === undefined ? Math.floor(clock.now().getTime() / 1_000) : startS + at
      const { accountId } = body as { accountId: string }
      const identity = await signingKey.sign({
        iat,
        exp: iat + 3_600,
        ...(bound && { accountId, irisAppId: appId }),
        ...claims,
      })
      const { status } = await receiveCallback(ctx, delivered(identity, body, clock))
      return status
    },
    rows: async (accountId = account) => (await listCredentials(ctx.db, accountId)).reverse(),
    installation: (accountId = account) => findInstallation(ctx.db, accountId),
    audit: async () => (await replica.sql`select event from audit_entries order by id`).map(({ event }) => event),
    async probe(times, { others = true } = {}) {
      for (let no = 0; no < times; no++) {
        if (others) await noteSuccess(ctx.db, 'a client of another account')
        else await replica.sql`delete from sign_in_successes`
        await replica.sql`update credentials set next_attempt_at = '2001-01-01' where next_attempt_at is not null`
        await proveDueCredentials(ctx)
        clock.advance(900_000)
      }
    },
    connectAgain() {
      const other = connectDatabase(url, { pool: 2 })
      return { ...other, [Symbol.asyncDispose]: other.close }
    },
    dump: () => dumpTables(connection),
    async close() {
      await ctx.tokens.spool.close()
      await replica.close()
    },
  }
}

let stacks = 0
/** No callback test waits for the request rate. */
const many: Environment = { TRACKUNIT_MAX_REQUESTS_PER_S: '10000' }

/** As the route passes it on. */
export const delivered = (identity: string | undefined, body: unknown, clock: AdjustableClock): DeliveredCallback => ({
  identity,
  body: body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body)),
  arrivedAtMs: clock.monotonicMs(),
  address: '192.0.2.1',
})

async function dumpTables(connection: Connection): Promise<string> {
  const tables = (await tablesOf(connection)).filter((name) => name !== 'public.key_sets')
  const dumps = await Promise.all(
    tables.map((table) => connection.sql.unsafe(`select t::text as line from ${table} t`)),
  )
  return dumps.flatMap((rows) => rows.map(({ line }) => line as string)).join('\n')
}

/** Every table, quoted. */
async function tablesOf({ sql }: Connection): Promise<string[]> {
  const tables = await sql`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema', 'standin_migrations')`
  return tables.map(({ name }) => name as string)
}
