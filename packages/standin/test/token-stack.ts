import { findServiceByKeyId } from '../src/access/access-store.ts'
import { createKey } from '../src/access/create-key.ts'
import {
  insertCredentials,
  listCredentials,
  lockInstallation,
  moveCredentials,
  updateServing,
} from '../src/accounts/account-store.ts'
import { createAccountsMemory } from '../src/accounts/accounts-context.ts'
import { uninstall } from '../src/accounts/uninstall.ts'
import { createActionCatalogue } from '../src/actions/action-catalogue.ts'
import { addHandOutMonth } from '../src/audit/hand-out-store.ts'
import { Secret } from '../src/config/secret.ts'
import { createContext, inTransaction, type ReplicaContext } from '../src/context.ts'
import { connectDatabase } from '../src/database/database.ts'
import { monthOf } from '../src/database/month-partitions.ts'
import { createLogger } from '../src/observability/logger.ts'
import { issueToken } from '../src/tokens/issue-token.ts'
import { drainSpool } from '../src/tokens/outage/drain-spool.ts'
import { refreshDueTokens, saveTokenUses } from '../src/tokens/refresh-ahead.ts'
import { receiverOf, type TokenReceiver } from '../src/tokens/token-receiver.ts'
import type { ExchangeFailure } from '../src/trackunit/failure-policy.ts'
import { accountsHooks } from '../src/when-uninstalled.ts'
import { assemble, type StandinContext } from '../src/wiring/assemble.ts'
import { hearOthers } from '../src/wiring/hear-others.ts'
import { createAdjustableClock } from './adjustable-clock.ts'
import { listAllHandOuts } from './all-hand-outs.ts'
import { emptyTables } from './empty-tables.ts'
import { playTokenEndpoint, refusal, tokenAnswer } from './played-trackunit.ts'
import type { TestDatabase } from './test-database.ts'
import { openTestReplica, testApp, testConfig } from './test-replica.ts'

export const account = '11111111-1111-4111-8111-111111111111'
const appId = testApp.id
const scopesOfManifest = ['a', 'b', 'c']
const appWith = (scopes: readonly string[]) => ({ scopes: scopes.map((scope) => ({ scope, optional: false })) })

export type TokenStack = Awaited<ReturnType<typeof createTokenStack>>

/** A replica assembled as the server assembles it, without actions. */
export function withTokens<Replica extends ReplicaContext>(replica: Replica): Replica & StandinContext {
  return {
    ...replica,
    ...assemble(replica, createActionCatalogue([], []), { publicUrl: () => 'https://standin.example' }),
  }
}

/** Tokens and their database, empty, wired as the server wires them; only Trackunit's token endpoint is played. */
export async function createTokenStack({ url }: TestDatabase) {
  const connection = connectDatabase(url)
  const { db, sql } = connection
  await emptyTables(sql)
  const clock = createAdjustableClock()
  await addHandOutMonth(db, monthOf(clock.now())) // As a server does when it starts.
  const endpoint = createPlayedEndpoint()
  const environment = { STANDIN_PARTS: 'callbacks,api', TRACKUNIT_MAX_REQUESTS_PER_S: '10000' }
  const log = createLogger('silent')
  const world = { clock, fetch: endpoint.fetch, random: Math.random, log }
  const base = createContext(testConfig({ environment, app: appWith(scopesOfManifest) }), world, connection)
  const ctx = { ...base, accounts: createAccountsMemory(accountsHooks) }

  /** Credentials that were proven come into force; those before become history. */
  async function install({
    accountId = account,
    generation = 1,
    grantedScopes = ['a', 'b'],
    missingFromPlan = [],
    clientId = `client of generation ${generation}`,
  }: {
    accountId?: string
    generation?: number
    grantedScopes?: string[]
    missingFromPlan?: string[]
    clientId?: string
  } = {}): Promise<void> {
    const binding = { account: accountId, app: appId, column: 'client-secret', generation } as const
    const sealedSecret = await ctx.vault.seal(new Secret(`secret of generation ${generation}`), binding)
    await inTransaction(ctx, async (tx) => {
      await lockInstallation(tx.db, accountId)
      for (const row of await listCredentials(tx.db, accountId)) await moveCredentials(tx, row, 'outdated')
      await insertCredentials(tx, {
        accountId,
        generation,
        appId,
        clientId,
        sealedSecret,
        grantedScopes,
        missingFromPlan,
        state: 'active',
        issuedAt: clock.now(),
        tieBreak: '',
        bound: true,
        releasedAt: null,
        provenAt: null,
      })
      await updateServing(tx, { accountId, activeGeneration: generation })
    })
  }

  const closers: Array<() => Promise<unknown>> = []

  /** As one process of the server: with a memory, flights and a session of its own. */
  async function startReplica({
    manifestScopes = scopesOfManifest,
    through = url,
    directUrl = through,
    pooled = false,
    dataDir = '/nowhere',
    outageServeMs = 0,
  }: {
    manifestScopes?: string[]
    through?: string
    directUrl?: string
    pooled?: boolean
    dataDir?: string
    outageServeMs?: number
  } = {}) {
    const own = connectDatabase(through, { pooled })
    const replica = openTestReplica(
      { url: directUrl },
      {
        clock,
        log,
        fetch: endpoint.fetch,
        random: Math.random,
        connection: own,
        app: appWith(manifestScopes),
        environment: { ...environment, STANDIN_DATA_DIR: dataDir, OUTAGE_SERVE_S: String(outageServeMs / 1_000) },
      },
    )
    const ctx = withTokens(replica.ctx)
    closers.push(replica.close, () => own.sql.end({ timeout: 0 }), ctx.tokens.spool.close)
    await hearOthers(ctx)
    const issue = (
      receiver: TokenReceiver,
      { accountId = account, ...wanted }: Partial<Parameters<typeof issueToken>[2]> = {},
    ) => issueToken(ctx, receiver, { accountId, ...wanted })
    return Object.assign(issue, {
      ctx,
      refreshDue: () => refreshDueTokens(ctx),
      keepWhatWasUsed: () => saveTokenUses(ctx),
      drainSpool: () => drainSpool(ctx),
      watch: ctx.watch,
      replica: ctx.listener.replica,
    })
  }

  /** Time goes by, for this process and for what the database has written down. */
  async function passTime(ms: number): Promise<void> {
    clock.advance(ms)
    const back = `${ms} milliseconds`
    await sql`update access_tokens set expires_at = expires_at - ${back}::interval`
    await sql`update token_leases set forced_at = forced_at - ${back}::interval, refresh_at = refresh_at - ${back}::interval, last_used_at = last_used_at - ${back}::interval`
    await sql`update sign_in_outages set last_failed_at = last_failed_at - ${back}::interval, since = since - ${back}::interval, next_probe_at = next_probe_at - ${back}::interval`
    await sql`update exchange_pauses set until = until - ${back}::interval, failing_since = failing_since - ${back}::interval`
  }

  return {
    ctx,
    db,
    sql,
    clock,
    endpoint,
    install,
    startReplica,
    passTime,
    /** A service with a key and a grant. */
    async createService({ service = 'reports', scopes = ['a', 'b'] } = {}): Promise<TokenReceiver & { keyId: string }> {
      const expiresAt = new Date('2099-01-01')
      const actor = { kind: 'operator', id: 'test' } as const
      const { id } = await createKey(ctx, { service, scopes, expiresAt, actor, accountId: account })
      const found = await findServiceByKeyId(ctx, id, account)
      if (!found) throw new Error('the key was created')
      return receiverOf(found.caller, account, scopes)
    },
    /** Ends the installation of an account, as a bound UNINSTALLED does. */
    uninstall: (accountId = account) =>
      inTransaction(ctx, async (tx) => {
        const installation = await lockInstallation(tx.db, accountId)
        await uninstall(tx, { installation, issuedAt: clock.now(), actor: { kind: 'trackunit', id: 'test' } })
      }),
    handOuts: () => listAllHandOuts(db),
    async [Symbol.asyncDispose]() {
      await Promise.all(closers.map((close) => close()))
      await connection.close()
    },
  }
}

type Answer = () => Response | Promise<Response>

/** Trackunit's token endpoint: gives out `token-1`, `token-2`, …, or what the test says. */
function createPlayedEndpoint() {
  const played = playTokenEndpoint()
  const exchanges = played.asked
  const endpoint = {
    exchanges,
    fetch: played.fetch,
    /** How it answers from now on. */
    answers(next: Answer): void {
      played.answer = next
    },
    /** The next token, with the scopes of the last request. */
    token: ({
      text = `token-${exchanges.length}`,
      lifetimeMs = 3_600_000,
      granted = exchanges.at(-1)?.scopes ?? [],
    }: {
      text?: string
      lifetimeMs?: number
      granted?: readonly string[]
    } = {}): Response => tokenAnswer({ scopes: granted, expiresIn: lifetimeMs / 1_000, accessToken: text }),
    failure(failure: ExchangeFailure, retryAfterMs?: number): Response {
      const headers = retryAfterMs === undefined ? {} : { 'retry-after': String(retryAfterMs / 1_000) }
      if (failure === 'invalid-client') return refusal('invalid_client')
      if (failure === 'plan-required') return refusal('plan_required')
      if (failure === 'rate-limited') return new Response(null, { status: 429, headers })
      return failure === 'unavailable'
        ? new Response(null, { status: 503, headers })
        : new Response('<html>', { status: 400 })
    },
    /** Every request waits until the returned function is called; `arrived` resolves when the first one is there. */
    hold(): { arrived: Promise<void>; release: (answer?: Response) => void } {
      const arrived = Promise.withResolvers<void>()
      const held = Promise.withResolvers<Response | undefined>()
      endpoint.answers(async () => {
        arrived.resolve()
        return (await held.promise)?.clone() ?? endpoint.token()
      })
      return { arrived: arrived.promise, release: (answer) => held.resolve(answer) }
    },
  }
  endpoint.answers(() => endpoint.token())
  return endpoint
}
