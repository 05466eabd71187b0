import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import type { Vault } from '../credentials/vault.ts'
import type { Database } from '../database/database.ts'
import type { Secret } from '../observability/secret.ts'
import { StandinError } from '../standin-error.ts'
import type { ExchangeLease } from './exchange-lease.ts'
import { type ExchangeFailure, failurePolicy, pauseAfter } from './failure-policy.ts'
import type { ScopeSet } from './scope-set.ts'
import type { HeldToken, TokenCache } from './token-cache.ts'
import type { RequestToken } from './token-endpoint.ts'
import { tokenFreshness } from './token-freshness.ts'
import { findToken, isGenerationInForce, storeToken } from './token-store.ts'

/** The credentials that serve an account now. */
export interface CredentialsInForce {
  accountId: string
  generation: number
  appId: string
  clientId: string
  sealedSecret: string
  /** Trackunit refuses them: valid tokens are still served, no new ones are asked for here. */
  parked: boolean
}

export type ObtainToken = (wanted: {
  credentials: CredentialsInForce
  scopes: ScopeSet
  rejectedFingerprint: string | undefined
}) => Promise<HeldToken | undefined>

interface Dependencies {
  db: Database
  vault: Vault
  clock: Clock
  cache: TokenCache
  lease: ExchangeLease
  requestToken: RequestToken
  /** Told when Trackunit refuses credentials that worked. */
  onRefused: (credentials: CredentialsInForce) => Promise<void>
  accountClaim: string | undefined
}

const forcedExchangeEveryMs = 30_000

/**
 * A token that is good beyond its margin: from memory, else from the database, else by one exchange that all callers share.
 * @returns undefined when the generation stopped being in force meanwhile: look again
 * @throws StandinError with the reason of `failurePolicy`, or `TRACKUNIT_REFUSED` while a rejected token cannot be replaced yet
 */
export function createObtainToken({
  db,
  vault,
  clock,
  cache,
  lease,
  requestToken,
  onRefused,
  accountClaim,
}: Dependencies): ObtainToken {
  const failures = new LRUCache<string, { failure: ExchangeFailure; inARow: number; untilMs: number }>({ max: 20_000 })
  const forcedAtMs = new LRUCache<string, number>({ max: 20_000 })

  const isUsable = (token: HeldToken, rejectedFingerprint: string | undefined) =>
    token.fingerprint !== rejectedFingerprint &&
    tokenFreshness({ leftMs: token.endsAtMs - clock.monotonicMs(), lifetimeMs: token.lifetimeMs }) === 'fresh'

  async function fromDatabase(credentials: CredentialsInForce, scopes: ScopeSet): Promise<HeldToken | undefined> {
    const readAtMs = clock.monotonicMs()
    const stored = await findToken(db, credentials.accountId, scopes.key)
    if (stored?.generation !== credentials.generation) return undefined
    const accessToken = await vault.open(stored.sealedToken, binding(credentials))
    const { fingerprint, generation, lifetimeMs, leftMs } = stored
    return { accessToken, fingerprint, generation, lifetimeMs, endsAtMs: readAtMs + leftMs }
  }

  /** One request to Trackunit, under the lease. What it brings is kept only while its generation is in force. */
  async function exchange(
    key: string,
    credentials: CredentialsInForce,
    scopes: ScopeSet,
  ): Promise<HeldToken | undefined> {
    const { accountId, generation, clientId, sealedSecret, appId } = credentials
    const clientSecret = await vault.open(sealedSecret, {
      account: accountId,
      app: appId,
      column: 'client-secret',
      generation,
    })
    const exchanged = await requestToken({ clientId, clientSecret }, scopes)
    if (exchanged.outcome === 'failed') {
      const inARow = (failures.get(key)?.inARow ?? 0) + 1
      const pauseMs = pauseAfter(exchanged.failure, inARow, exchanged.retryAfterMs)
      failures.set(key, { failure: exchanged.failure, inARow, untilMs: clock.monotonicMs() + pauseMs })
      if (failurePolicy[exchanged.failure].refusesCredentials) {
        await onRefused(credentials)
        // Replaced ones are refused when the app is installed again: that says nothing of those in force now.
        if (!(await isGenerationInForce(db, credentials))) return undefined
      }
      throw new StandinError(failurePolicy[exchanged.failure].reason, { retryAfterMs: pauseMs })
    }
    failures.delete(key)

    const { accessToken, granted, lifetimeMs, askedAtMs, claims } = exchanged.token
    if (accountClaim !== undefined && String(claims[accountClaim]).toLowerCase() !== accountId)
      throw new StandinError('CREDENTIALS_QUARANTINED')
    const missing = scopes.scopes.filter((scope) => !granted.scopes.includes(scope))
    if (missing.length > 0)
      throw new StandinError('SCOPE_NOT_GRANTED', { detail: `Not granted: ${missing.join(', ')}.` })

    const token = {
      accessToken,
      fingerprint: fingerprintOf(accessToken),
      generation,
      lifetimeMs,
      endsAtMs: askedAtMs + lifetimeMs,
    }
    const sealedToken = await vault.seal(accessToken, binding(credentials))
    const leftMs = token.endsAtMs - clock.monotonicMs()
    const row = {
      accountId,
      scopeKey: scopes.key,
      generation,
      sealedToken,
      fingerprint: token.fingerprint,
      lifetimeMs,
      leftMs,
    }
    if (!(await storeToken(db, row))) return undefined
    cache.set(key, token)
    return token
  }

  function refuseWhilePaused(key: string): void {
    const failed = failures.get(key)
    const leftMs = failed ? failed.untilMs - clock.monotonicMs() : 0
    if (failed && leftMs > 0) throw new StandinError(failurePolicy[failed.failure].reason, { retryAfterMs: leftMs })
  }

  /** A token that an API refused is replaced at most once in 30 seconds, however many callers say so. */
  function claimForcedExchange(key: string): void {
    const leftMs = (forcedAtMs.get(key) ?? Number.NEGATIVE_INFINITY) + forcedExchangeEveryMs - clock.monotonicMs()
    if (leftMs > 0) throw new StandinError('TRACKUNIT_REFUSED', { retryAfterMs: leftMs })
    forcedAtMs.set(key, clock.monotonicMs())
  }

  return async ({ credentials, scopes, rejectedFingerprint }) => {
    const key = `${credentials.accountId} ${credentials.generation} ${scopes.key}`
    const fromMemory = () => {
      const held = cache.get(key)
      return held && isUsable(held, rejectedFingerprint) ? held : undefined
    }
    const held = fromMemory()
    if (held) return held

    // Whoever was refused a token looks apart from the others: their look may well find that very token.
    return lease.run(`look ${rejectedFingerprint ?? ''} ${key}`, async () => {
      const stored = await fromDatabase(credentials, scopes)
      if (stored && isUsable(stored, rejectedFingerprint)) {
        cache.set(key, stored)
        return stored
      }
      if (credentials.parked) throw new StandinError('CREDENTIALS_REJECTED')
      const isForced = stored !== undefined && isUsable(stored, undefined)
      const token = await lease.run(`exchange ${key}`, async () => {
        const brought = fromMemory() // By an exchange that ended since the look.
        if (brought) return brought
        refuseWhilePaused(key)
        if (isForced) claimForcedExchange(key)
        return exchange(key, credentials, scopes)
      })
      if (token && token.fingerprint === rejectedFingerprint)
        throw new StandinError('TRACKUNIT_REFUSED', { retryAfterMs: forcedExchangeEveryMs })
      return token
    })
  }
}

const binding = ({ accountId, appId, generation }: CredentialsInForce) =>
  ({ account: accountId, app: appId, column: 'access-token', generation }) as const

/** base64url of the token's SHA-256: names a token without being one. */
function fingerprintOf(accessToken: Secret): string {
  return createHash('sha256').update(accessToken.reveal()).digest('base64url')
}
