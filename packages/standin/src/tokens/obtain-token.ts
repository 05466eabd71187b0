import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import type { Vault } from '../secrets/vault.ts'
import { StandinError } from '../standin-error.ts'
import { failurePolicy, pauseAfter } from '../trackunit/failure-policy.ts'
import type { ScopeSet } from '../trackunit/scope-set.ts'
import type { ExchangeLease } from './exchange-lease.ts'
import {
  type FoundStanding,
  findStanding,
  releaseLease,
  storeExchanged,
  storeFailure,
  type TakenLease,
  type TokenIdentity,
} from './exchange-store.ts'
import { type ExchangeToken, tokenBinding } from './exchange-token.ts'
import { createFlights } from './flights.ts'
import { nextStep } from './next-step.ts'
import type { HeldToken, TokenCache } from './token-cache.ts'
import { refreshAheadMs, tokenFreshness } from './token-freshness.ts'
import type { TokenNews } from './token-news.ts'

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

export interface ObtainWanted {
  credentials: CredentialsInForce
  scopes: ScopeSet
  /** A token that an API refused. */
  rejectedFingerprint?: string | undefined
  /** A token that is still good and is to be replaced ahead of its end. */
  replaceAhead?: string
}

export type ObtainToken = (wanted: ObtainWanted) => HeldToken | Promise<HeldToken | undefined>

interface Dependencies {
  db: Database
  vault: Vault
  clock: Clock
  cache: TokenCache
  lease: ExchangeLease
  news: TokenNews
  exchangeToken: ExchangeToken
  random: () => number
  /** Told when Trackunit refuses credentials that worked. */
  onRefused: (credentials: CredentialsInForce) => Promise<void>
}

/** The net under a lost notification, and how soon a dead holder is noticed. */
const lookEveryMs = 250
/** Longer than the longest request to Trackunit and the lease of a holder that fell silent. */
const longestWaitMs = 30_000

/**
 * A token that is good beyond its margin: from memory, else from the database, else by one exchange that all callers on
 * all replicas share. One in memory comes without a promise: nearly all do.
 * @returns undefined when the generation stopped being in force meanwhile: look again
 * @throws StandinError with the reason of `failurePolicy`, or `TRACKUNIT_REFUSED` while a rejected token cannot be replaced yet
 */
export function createObtainToken(dependencies: Dependencies): ObtainToken {
  const { db, vault, clock, cache, lease, news, exchangeToken, random, onRefused } = dependencies
  const flights = createFlights<HeldToken | undefined>()

  return (wanted) => {
    const { credentials, scopes, rejectedFingerprint, replaceAhead } = wanted
    const { accountId, generation } = credentials
    const identity = { accountId, generation, scopeKey: scopes.key }
    const held = cache.get(identity)
    if (held && held.fingerprint !== replaceAhead && isUsable(held, rejectedFingerprint)) return held
    // Whoever was refused a token looks apart from the others: their look may well find that very token.
    const key = `${rejectedFingerprint ?? ''} ${replaceAhead ?? ''} ${accountId} ${generation} ${scopes.key}`
    return flights.join(key, () => obtain(wanted, identity))
  }

  function isUsable({ endsAtMs, lifetimeMs, fingerprint }: HeldToken, rejectedFingerprint: string | undefined) {
    const leftMs = endsAtMs - clock.monotonicMs()
    return fingerprint !== rejectedFingerprint && tokenFreshness({ leftMs, lifetimeMs }) === 'fresh'
  }

  async function obtain(wanted: ObtainWanted, identity: TokenIdentity): Promise<HeldToken | undefined> {
    const { credentials, scopes, rejectedFingerprint, replaceAhead } = wanted
    const { accountId, generation, parked } = credentials
    const giveUpAtMs = clock.monotonicMs() + longestWaitMs

    while (clock.monotonicMs() < giveUpAtMs) {
      // Before the look, so that news between the look and the waiting are heard.
      const awaited = news.expect(accountId)
      try {
        const readAtMs = clock.monotonicMs()
        const standing = await findStanding(db, identity)
        const wish = { notThis: rejectedFingerprint ?? replaceAhead, parked, ahead: replaceAhead !== undefined }
        const step = nextStep(standing, wish)
        if (step.do === 'leave') return undefined
        if (step.do === 'serve') return await remember(standing.token, readAtMs)
        if (step.do === 'refuse') throw new StandinError(step.reason, step)
        if (step.do === 'wait') await awaited.heard(lookEveryMs)
        else {
          const brought = await lease.under(identity, standing.lease?.fence, (taken) => exchangeUnder(taken, wish))
          if (brought && (wish.ahead || brought.fingerprint !== rejectedFingerprint)) return brought
        }
      } finally {
        awaited.end()
      }
    }
    throw new StandinError('OVERLOADED', { retryAfterMs: 1_000, detail: 'Another process exchanges this token.' })

    async function remember(token: FoundStanding['token'], readAtMs: number): Promise<HeldToken | undefined> {
      if (!token) return undefined
      const { fingerprint, lifetimeMs, leftMs, sealedToken } = token
      const held = cache.get(identity)
      if (held?.fingerprint === fingerprint) return held
      const accessToken = await vault.open(sealedToken, tokenBinding(credentials))
      const opened = { accessToken, fingerprint, generation, lifetimeMs, endsAtMs: readAtMs + leftMs }
      cache.set(identity, opened)
      return opened
    }

    /** One request to Trackunit. @returns undefined where the next look tells what came of it */
    async function exchangeUnder(
      taken: TakenLease,
      wish: Parameters<typeof nextStep>[1],
    ): Promise<HeldToken | undefined> {
      // Between the look and the lease another exchange can have ended.
      const standing = await findStanding(db, identity)
      const step = nextStep(standing, { ...wish, fence: taken.fence })
      if (step.do !== 'exchange') {
        await releaseLease(db, identity, taken)
        return undefined
      }
      const { forced } = step
      const brought = await exchangeToken(credentials, scopes)
      if (brought.outcome === 'paused') throw new StandinError('TRACKUNIT_UNAVAILABLE', brought)
      if (brought.outcome === 'failed') {
        const { failure, retryAfterMs } = brought
        const { pauses, refusesCredentials } = failurePolicy[failure]
        const inARow = standing.inARow[pauses] + 1
        const isKept = await storeFailure(db, identity, {
          ...{ lease: taken, failure, inARow, forced },
          pausedScopeKey: pauses === 'account' ? '' : scopes.key,
          pauseMs: pauseAfter(failure, inARow, retryAfterMs),
        })
        if (isKept && refusesCredentials) await onRefused(credentials)
        return undefined
      }
      const { token, sealedToken } = brought
      const { fingerprint, lifetimeMs } = token
      const isKept = await storeExchanged(db, identity, {
        ...{ lease: taken, sealedToken, fingerprint, lifetimeMs, forced },
        leftMs: token.endsAtMs - clock.monotonicMs(),
        refreshAheadMs: refreshAheadMs({ lifetimeMs, wasWaitedFor: !forced && !wish.ahead, random: random() }),
      })
      if (!isKept) return undefined
      cache.set(identity, token)
      return token
    }
  }
}
