import { findServiceByKeyId } from '../access/access-store.ts'
import type { HandOut } from '../audit/hand-out-kind.ts'
import type { SpooledHandOut } from '../audit/record-hand-outs.ts'
import { startBackgroundLoop } from '../background-loop.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import type { DatabaseWatch } from '../database/database-watch.ts'
import type { ReplicaListener } from '../database/listen.ts'
import type { Logger } from '../observability/logger.ts'
import type { Vault } from '../secrets/vault.ts'
import type { RequestToken } from '../trackunit/token-endpoint.ts'
import { createExchangeLease, type ExchangeLeasePolicy } from './exchange-lease.ts'
import { createExchangeToken } from './exchange-token.ts'
import { createInForceMemory, type InForce } from './in-force-memory.ts'
import { createIssueToken, type IssueToken } from './issue-token.ts'
import { type CredentialsInForce, createObtainToken } from './obtain-token.ts'
import type { HandOutSpool } from './outage/hand-out-spool.ts'
import { createServeInOutage } from './outage/serve-in-outage.ts'
import { createRefreshAhead } from './refresh-ahead.ts'
import { createTokenCache } from './token-cache.ts'
import { createTokenNews } from './token-news.ts'
import { createTokenUses } from './token-uses.ts'

interface Dependencies {
  db: Database
  vault: Vault
  clock: Clock
  log: Logger
  listener: ReplicaListener
  requestToken: RequestToken
  recordHandOut: (handOut: HandOut) => Promise<boolean>
  /** @throws StandinError with the reason why the account is not served */
  findCredentialsInForce: (accountId: string) => Promise<InForce>
  /** Told when Trackunit refuses credentials that worked. */
  onRefused: (credentials: CredentialsInForce) => Promise<void>
  manifestScopes: readonly string[]
  accountClaim: string | undefined
  /** How an outage of the database is bridged; without it nothing is handed out meanwhile. */
  outage?: {
    watch: DatabaseWatch
    spool: HandOutSpool
    outageServeMs: number
    recordSpooled: (handOut: SpooledHandOut) => Promise<void>
  }
  leasePolicy?: ExchangeLeasePolicy
  random?: () => number
}

export interface Tokens {
  issueToken: IssueToken
  /** Replaces tokens that are due, once. @returns whether more may be due */
  refreshDue: () => Promise<boolean>
  /** Writes down which tokens were used. */
  keepWhatWasUsed: () => Promise<boolean>
  /** Records what left while the database was down. */
  drainSpool: () => Promise<boolean>
  /** Does all of that from now on; tokens are replaced `ahead` by some replicas for all. @returns what ends it */
  startRefreshing: (does: { ahead: boolean }) => () => Promise<void>
}

const refreshEveryMs = 1_000
const keepUsesEveryMs = 10_000
const drainEveryMs = 15_000

/** Tokens as one process of the server has them: a memory of its own, and what all replicas share. */
export async function buildTokens(dependencies: Dependencies): Promise<Tokens> {
  const { db, vault, clock, log, listener, requestToken, recordHandOut, onRefused } = dependencies
  const { findCredentialsInForce, manifestScopes, accountClaim, outage, random = Math.random } = dependencies
  const cache = createTokenCache()
  const news = createTokenNews()
  const uses = createTokenUses({ clock })
  const inForce = createInForceMemory({ clock, find: findCredentialsInForce })

  await listener.on(
    'token_changed',
    (payload) => {
      const [accountId = '', newFingerprint] = payload.split(' ')
      if (newFingerprint) cache.forgetOlder(accountId, newFingerprint)
      news.tell(accountId)
    },
    news.tellAll,
  )
  await listener.on('installation_changed', inForce.forget, inForce.forgetAll)

  const obtainToken = createObtainToken({
    ...{ db, vault, clock, cache, news, random, onRefused },
    lease: createExchangeLease({ db, replicaId: listener.replica.id }, dependencies.leasePolicy),
    exchangeToken: createExchangeToken({ vault, requestToken, accountClaim }),
  })
  const issueWhileUp = createIssueToken({
    ...{ clock, inForce, obtainToken, recordHandOut, manifestScopes },
    findService: async (keyId) => (await findServiceByKeyId(db, keyId))?.caller,
    noteUse: uses.note,
  })
  const issueToken = outage
    ? createServeInOutage({ ...outage, clock, cache, inForce, manifestScopes, issueToken: issueWhileUp })
    : issueWhileUp
  // What changed while the database was down was not heard of.
  outage?.watch.onUp(inForce.forgetAll)

  async function drainSpool(): Promise<boolean> {
    if (!outage || outage.watch.isDown()) return false
    const { recorded, unreadable } = await outage.spool.drain(outage.recordSpooled)
    if (recorded > 0) log.info({ recorded }, 'tokens that left while the database was down are recorded')
    if (unreadable > 0) log.error({ unreadable }, 'lines of the spool of hand-outs cannot be read')
    return false
  }

  const { refreshDue, keepWhatWasUsed } = createRefreshAhead({ db, log, inForce, obtainToken, uses })
  return {
    ...{ issueToken, refreshDue, keepWhatWasUsed, drainSpool },
    startRefreshing({ ahead }) {
      const refreshing = ahead
        ? [startBackgroundLoop(refreshDue, { everyMs: refreshEveryMs, log, name: 'refresh-ahead' })]
        : []
      const keeping = startBackgroundLoop(keepWhatWasUsed, { everyMs: keepUsesEveryMs, log, name: 'token-uses' })
      const draining = startBackgroundLoop(drainSpool, { everyMs: drainEveryMs, log, name: 'drain-spool' })
      const endTelling = listener.replica.onHeld(draining.wake)
      return async () => {
        endTelling()
        await Promise.all([...refreshing, keeping, draining].map(({ stop }) => stop()))
        await outage?.spool.close()
      }
    },
  }
}
