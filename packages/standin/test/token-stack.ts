import { randomBytes } from 'node:crypto'
import { asc, eq } from 'drizzle-orm'
import { createKey } from '../src/access/create-key.ts'
import { credentials } from '../src/accounts/credential-table.ts'
import { findCredentialsInForce } from '../src/accounts/credentials-in-force.ts'
import { lockInstallation, updateInstallation } from '../src/accounts/installation-store.ts'
import { createProveCredentials } from '../src/accounts/prove-credentials.ts'
import { auditEntries } from '../src/audit/audit-table.ts'
import { buildAudit } from '../src/audit/build-audit.ts'
import { Secret } from '../src/config/secret.ts'
import { connectDatabase } from '../src/database/database.ts'
import { watchDatabase } from '../src/database/database-watch.ts'
import { createListener } from '../src/database/listen.ts'
import { createLogger } from '../src/observability/logger.ts'
import { createVault } from '../src/secrets/vault.ts'
import { buildTokens } from '../src/tokens/build-tokens.ts'
import type { TokenReceiver } from '../src/tokens/issue-token.ts'
import { createHandOutSpool } from '../src/tokens/outage/hand-out-spool.ts'
import { pauseInOutage } from '../src/tokens/sign-in-outage.ts'
import { scopeSet } from '../src/trackunit/scope-set.ts'
import type { Exchange, RequestToken } from '../src/trackunit/token-endpoint.ts'
import { createAdjustableClock } from './adjustable-clock.ts'
import { auditRing } from './audit-stack.ts'
import { emptyTables } from './empty-tables.ts'
import type { TestDatabase } from './test-database.ts'

export const account = '11111111-1111-4111-8111-111111111111'
const appId = '@acme/fleet-night'
const scopesOfManifest = ['a', 'b', 'c']

export type TokenStack = Awaited<ReturnType<typeof createTokenStack>>

/** Tokens and their database, empty, wired as the server wires them; only Trackunit's token endpoint is played. */
export async function createTokenStack({ url }: TestDatabase) {
  const { db, sql, close } = connectDatabase(url)
  await emptyTables(sql)
  const vaultKey = randomBytes(32)
  const vault = createVault([{ kid: 'test', bytes: vaultKey }])
  const clock = createAdjustableClock()
  const log = createLogger('silent')
  const endpoint = createPlayedEndpoint(clock)
  const { park } = createProveCredentials({
    ...{ db, vault, clock, log },
    uninstall: async () => {},
    negotiate: async () => ({ outcome: 'failed', failure: 'unavailable' }),
    policy: { reinstallPolicy: 'approve', accountClaim: undefined, patienceMs: 0, abandonedAfterMs: 30 * 86_400_000 },
  })

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
    const sealedSecret = await vault.seal(new Secret(`secret of generation ${generation}`), binding)
    await db.transaction(async (tx) => {
      await lockInstallation(tx, accountId)
      await tx.update(credentials).set({ state: 'superseded' }).where(eq(credentials.accountId, accountId))
      await tx.insert(credentials).values({
        ...{ accountId, generation, appId, clientId, sealedSecret, grantedScopes, missingFromPlan },
        state: 'active',
        issuedAt: clock.now(),
        tieBreak: '',
        bound: true,
      })
      await updateInstallation(tx, accountId, { activeGeneration: generation })
    })
  }

  const closers: Array<() => Promise<void>> = []

  /** As one process of the server: with a memory, flights and a session of its own. */
  async function startReplica({
    manifestScopes = scopesOfManifest,
    through = url,
    directUrl = through,
    pooled = false,
    spoolDir,
    outageServeMs = 0,
  }: {
    manifestScopes?: string[]
    through?: string
    directUrl?: string
    pooled?: boolean
    spoolDir?: string
    outageServeMs?: number
  } = {}) {
    const listener = createListener(directUrl)
    const own = connectDatabase(through, { pooled })
    const watch = watchDatabase({ url: through, pooled, cut: own.cut, clock, replica: listener.replica })
    closers.push(listener.close, watch.close, () => own.sql.end({ timeout: 0 }))
    const spool = spoolDir === undefined ? undefined : createHandOutSpool({ dir: spoolDir, outageServeMs }, clock)
    closers.push(async () => spool?.close())
    const audit = buildAudit({ db: own.db, clock, log, policy: { keys: auditRing, retentionMs: 1 } })
    const { issueToken, refreshDue, keepWhatWasUsed, drainSpool } = await buildTokens({
      ...{ db: own.db, vault, clock, log, listener, manifestScopes },
      recordHandOut: audit.record,
      requestToken: pauseInOutage(endpoint.requestToken, { db: own.db, log }),
      onRefused: park,
      accountClaim: undefined,
      findCredentialsInForce: (accountId) => findCredentialsInForce(own.db, accountId),
      ...(spool && { outage: { watch, spool, outageServeMs, recordSpooled: audit.recordSpooled } }),
    })
    const issue = (
      receiver: TokenReceiver,
      { accountId = account, ...wanted }: Partial<Parameters<typeof issueToken>[1]> = {},
    ) => issueToken(receiver, { accountId, ...wanted })
    return Object.assign(issue, { refreshDue, keepWhatWasUsed, drainSpool, watch, replica: listener.replica })
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
    ...{ db, sql, clock, vault, vaultKey, endpoint, install, startReplica, passTime },
    /** A service with a key and a grant. */
    async createService({ service = 'reports', scopes = ['a', 'b'] } = {}): Promise<TokenReceiver & { keyId: string }> {
      const expiresAt = new Date('2099-01-01')
      const actor = { kind: 'operator', id: 'test' } as const
      const { id } = await createKey(db, scopesOfManifest, {
        ...{ service, scopes, expiresAt, actor },
        accountId: account,
      })
      return { kind: 'service', service, keyId: id, grantedScopes: scopes }
    },
    handOuts: async () =>
      (await db.select().from(auditEntries).orderBy(asc(auditEntries.id))).filter(
        ({ event }) => event === 'token.issued',
      ),
    async [Symbol.asyncDispose]() {
      await Promise.all(closers.map((close) => close()))
      await close()
    },
  }
}

/** Trackunit's token endpoint: gives out `token-1`, `token-2`, …, or what the test says. */
function createPlayedEndpoint(clock: ReturnType<typeof createAdjustableClock>) {
  const exchanges: Array<{ clientId: string; clientSecret: string; scopes: readonly string[] }> = []
  let answer: () => Exchange | Promise<Exchange> = () => endpoint.token()
  const requestToken: RequestToken = async ({ clientId, clientSecret }, { scopes }) => {
    exchanges.push({ clientId, clientSecret: clientSecret.reveal(), scopes })
    return answer()
  }
  const endpoint = {
    exchanges,
    requestToken,
    /** How it answers from now on. */
    answers: (next: typeof answer): void => {
      answer = next
    },
    /** The next token, with what was asked for last. */
    token: ({
      text = `token-${exchanges.length}`,
      lifetimeMs = 3_600_000,
      granted = exchanges.at(-1)?.scopes ?? [],
    }: {
      text?: string
      lifetimeMs?: number
      granted?: readonly string[]
    } = {}): Exchange => ({
      outcome: 'token',
      token: {
        accessToken: new Secret(text),
        granted: scopeSet(granted),
        ...{ lifetimeMs, askedAtMs: clock.monotonicMs(), claims: {} },
      },
    }),
    failure: (failure: Extract<Exchange, { outcome: 'failed' }>['failure'], retryAfterMs?: number): Exchange => ({
      outcome: 'failed',
      failure,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    }),
    /** Every request waits until the returned function is called; `arrived` resolves when the first one is there. */
    hold(): { arrived: Promise<void>; release: (exchanged?: Exchange) => void } {
      const arrived = Promise.withResolvers<void>()
      const held = Promise.withResolvers<Exchange | undefined>()
      answer = async () => {
        arrived.resolve()
        return (await held.promise) ?? endpoint.token()
      }
      return { arrived: arrived.promise, release: (exchanged) => held.resolve(exchanged) }
    },
  }
  return endpoint
}
