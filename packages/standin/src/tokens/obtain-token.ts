import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { StandinError } from '../standin-error.ts'
import { underLease } from './exchange-lease.ts'
import { exchangeUnderLease, type TokenPurpose, tokenBinding, wantedToken } from './exchange-token.ts'
import type { InForce } from './in-force-memory.ts'
import type { TakenLease, TokenIdentity } from './lease-store.ts'
import { nextStep } from './next-step.ts'
import { type FoundStanding, findStanding } from './standing-store.ts'
import type { HeldToken } from './token-cache.ts'
import { tokenFreshness } from './token-freshness.ts'
import type { TokensContext } from './tokens-context.ts'

/** How soon a lost notification, or the death of a lease's holder, is noticed. */
const lookEveryMs = 250
/** Longer than the longest request to Trackunit and the lease of a frozen holder. */
const longestWaitMs = 30_000

/**
 * A token that is good beyond its margin: from memory, else from the database, else by one exchange that all callers on
 * all replicas share. From memory it comes without a promise: nearly all do.
 * @returns undefined when the generation is no longer in force: the account has to be read again
 * @throws StandinError with the reason of `failurePolicy`, or `TRACKUNIT_REFUSED` while a rejected token cannot be replaced yet
 */
export function obtainToken(ctx: TokensContext, purpose: TokenPurpose): HeldToken | Promise<HeldToken | undefined> {
  const { credentials, scopes, rejectedFingerprint, replaceAhead, askedBy } = purpose
  const { accountId, generation } = credentials
  const identity = { accountId, generation, scopeKey: scopes.key }
  const held = ctx.tokens.cache.get(identity)
  if (held && held.fingerprint !== replaceAhead && isUsable(held, rejectedFingerprint, ctx.clock.monotonicMs()))
    return held
  // A caller with a rejected token does not share the others' work, which may return that same token.
  const key = `${rejectedFingerprint ?? ''} ${replaceAhead ?? ''} ${accountId} ${generation} ${scopes.key}`
  const { flights, turns } = ctx.tokens
  const share = () => flights.join(key, () => obtainShared(ctx, purpose, identity))
  if (askedBy === undefined) return share()
  // Waits in its own service's queue: a call of another service for this token must not wait there.
  return flights.join(`turn of ${askedBy}\n${key}`, async () => {
    const endTurn = await turns.take(askedBy)
    try {
      return await share()
    } finally {
      endTurn()
    }
  })
}

function isUsable(token: HeldToken, rejectedFingerprint: string | undefined, nowMs: number): boolean {
  const { endsAtMs, lifetimeMs, fingerprint } = token
  return fingerprint !== rejectedFingerprint && tokenFreshness({ leftMs: endsAtMs - nowMs, lifetimeMs }) === 'fresh'
}

/** Reads the token's state and takes the next step, until there is a token. */
async function obtainShared(ctx: TokensContext, purpose: TokenPurpose, identity: TokenIdentity) {
  const { clock, tokens } = ctx
  const giveUpAtMs = clock.monotonicMs() + longestWaitMs

  while (clock.monotonicMs() < giveUpAtMs) {
    // Before the read, so that news that comes between the read and the wait is not missed.
    const looking = new AbortController()
    const news = once(tokens.news, identity.accountId, looking).catch(() => {})
    try {
      const readAtMs = clock.monotonicMs()
      const standing = await findStanding(ctx.db, identity)
      const step = nextStep(standing, wantedToken(purpose))
      if (step.do === 'reload-account') return undefined
      if (step.do === 'serve') return await openStored(ctx, purpose.credentials, identity, standing.token, readAtMs)
      if (step.do === 'refuse') throw new StandinError(step.reason, step)
      if (step.do === 'wait') await Promise.race([news, pause(lookEveryMs)])
      if (step.do === 'exchange') {
        const exchange = (lease: TakenLease) => exchangeUnderLease(ctx, purpose, identity, lease)
        const token = await underLease(ctx, identity, standing.lease?.fence, exchange)
        if (token && (purpose.replaceAhead !== undefined || token.fingerprint !== purpose.rejectedFingerprint))
          return token
      }
    } finally {
      looking.abort()
    }
  }
  throw new StandinError('OVERLOADED', { retryAfterMs: 1_000, detail: 'Another process exchanges this token.' })
}

async function openStored(
  { vault, tokens }: TokensContext,
  credentials: InForce,
  identity: TokenIdentity,
  stored: FoundStanding['token'],
  readAtMs: number,
): Promise<HeldToken | undefined> {
  if (!stored) return undefined
  const { fingerprint, lifetimeMs, leftMs, sealedToken } = stored
  const held = tokens.cache.get(identity)
  if (held?.fingerprint === fingerprint) return held
  const accessToken = await vault.open(sealedToken, tokenBinding(credentials))
  const { generation } = identity
  const opened = { accessToken, fingerprint, generation, lifetimeMs, endsAtMs: readAtMs + leftMs }
  tokens.cache.set(identity, opened)
  return opened
}
