import { createHash } from 'node:crypto'
import { parkCredentials } from '../accounts/park-credentials.ts'
import type { Secret } from '../config/secret.ts'
import { StandinError } from '../standin-error.ts'
import { type ExchangeFailure, failurePolicy, pauseAfter } from '../trackunit/failure-policy.ts'
import { requestToken } from '../trackunit/request-token.ts'
import type { ScopeSet } from '../trackunit/scope-set.ts'
import type { ExchangedToken } from '../trackunit/token-endpoint.ts'
import { storeExchanged, storeFailure } from './exchange-store.ts'
import type { InForce } from './in-force-memory.ts'
import { releaseLease, type TakenLease, type TokenIdentity } from './lease-store.ts'
import { nextStep, type WantedToken } from './next-step.ts'
import { type FoundStanding, findStanding } from './standing-store.ts'
import type { HeldToken } from './token-cache.ts'
import { refreshAheadMs } from './token-freshness.ts'
import type { TokensContext } from './tokens-context.ts'

/** What a token is obtained for. */
export interface TokenPurpose {
  credentials: InForce
  scopes: ScopeSet
  /** The service that waits for it. */
  askedBy?: string | undefined
  /** A token that an API refused. */
  rejectedFingerprint?: string | undefined
  /** A token that is still good, to be replaced before its end. */
  replaceAhead?: string
}

export const wantedToken = ({ credentials, rejectedFingerprint, replaceAhead }: TokenPurpose): WantedToken => ({
  notThis: rejectedFingerprint ?? replaceAhead,
  parked: credentials.parked,
  ahead: replaceAhead !== undefined,
})

/**
 * Requests a token from Trackunit, under its lease, and stores the outcome for all replicas.
 * @returns undefined if the caller has to look up the outcome
 * @throws StandinError `TRACKUNIT_UNAVAILABLE` while the sign-in is down for all accounts
 */
export async function exchangeUnderLease(
  ctx: TokensContext,
  purpose: TokenPurpose,
  identity: TokenIdentity,
  lease: TakenLease,
): Promise<HeldToken | undefined> {
  // Another exchange may have ended before this one took the lease.
  const standing = await findStanding(ctx.db, identity)
  const step = nextStep(standing, { ...wantedToken(purpose), fence: lease.fence })
  if (step.do !== 'exchange') {
    await releaseLease(ctx, identity, lease)
    return undefined
  }
  const exchange: Exchange = { purpose, identity, lease, forced: step.forced }
  const exchanged = await exchangeCredentials(ctx, purpose)
  if (exchanged.outcome === 'token') return keepToken(ctx, exchange, exchanged.token)
  if (exchanged.outcome === 'failed') return keepFailure(ctx, exchange, exchanged, standing.inARow)
  throw new StandinError('TRACKUNIT_UNAVAILABLE', exchanged)
}

interface Exchange {
  purpose: TokenPurpose
  identity: TokenIdentity
  lease: TakenLease
  /** Made because an API had refused the token before. */
  forced: boolean
}

/** Sends the credentials, and checks that the token is for the account and has the scopes. */
async function exchangeCredentials(ctx: TokensContext, { credentials, scopes }: TokenPurpose) {
  const { accountId: account, appId: app, generation, clientId, sealedSecret } = credentials
  const clientSecret = await ctx.vault.open(sealedSecret, { account, app, column: 'client-secret', generation })
  const exchanged = await requestToken(ctx, { clientId, clientSecret }, scopes)
  if (exchanged.outcome !== 'token') return exchanged

  const failed = (failure: ExchangeFailure) => ({ outcome: 'failed', failure }) as const
  const { granted, claims } = exchanged.token
  const { accountClaim } = ctx.config.trackunit
  if (accountClaim !== undefined && String(claims[accountClaim]).toLowerCase() !== account)
    return failed('foreign-account')
  return scopes.scopes.every((scope) => granted.scopes.includes(scope)) ? exchanged : failed('invalid-scope')
}

async function keepToken(
  { db, notices, vault, clock, tokens, random }: TokensContext,
  { purpose, identity, lease, forced }: Exchange,
  { accessToken, lifetimeMs, askedAtMs }: ExchangedToken,
): Promise<HeldToken | undefined> {
  const sealedToken = await vault.seal(accessToken, tokenBinding(purpose.credentials))
  const { generation } = identity
  const fingerprint = fingerprintOf(accessToken)
  const token = { accessToken, fingerprint, generation, lifetimeMs, endsAtMs: askedAtMs + lifetimeMs }
  const wasWaitedFor = !forced && purpose.replaceAhead === undefined
  const isStored = await storeExchanged({ db, notices }, identity, {
    lease,
    sealedToken,
    fingerprint,
    lifetimeMs,
    forced,
    leftMs: token.endsAtMs - clock.monotonicMs(),
    refreshAheadMs: refreshAheadMs({ lifetimeMs, wasWaitedFor, random: random() }),
  })
  if (!isStored) return undefined
  tokens.cache.set(identity, token)
  return token
}

async function keepFailure(
  ctx: TokensContext,
  { purpose, identity, lease, forced }: Exchange,
  { failure, retryAfterMs }: { failure: ExchangeFailure; retryAfterMs?: number },
  failuresBefore: FoundStanding['inARow'],
): Promise<undefined> {
  const { pauses, refusesCredentials } = failurePolicy[failure]
  const inARow = failuresBefore[pauses] + 1
  const isStored = await storeFailure(ctx, identity, {
    lease,
    failure,
    inARow,
    forced,
    pausedScopeKey: pauses === 'account' ? '' : identity.scopeKey,
    pauseMs: pauseAfter(failure, inARow, retryAfterMs),
  })
  if (isStored && refusesCredentials) await parkCredentials(ctx, purpose.credentials)
}

const fingerprintOf = (accessToken: Secret) => createHash('sha256').update(accessToken.reveal()).digest('base64url')

/** Where a sealed token belongs. */
export const tokenBinding = ({ accountId, appId, generation }: InForce) =>
  ({ account: accountId, app: appId, column: 'access-token', generation }) as const
