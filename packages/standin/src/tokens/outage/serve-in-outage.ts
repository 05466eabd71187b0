import type { Clock } from '../../clock.ts'
import type { DatabaseWatch } from '../../database/database-watch.ts'
import { toRefusal } from '../../refusal.ts'
import { StandinError } from '../../standin-error.ts'
import type { InForceMemory } from '../in-force-memory.ts'
import { handOutOf, type IssueToken, scopesToIssue } from '../issue-token.ts'
import type { HeldToken, TokenCache } from '../token-cache.ts'
import { tokenFreshness } from '../token-freshness.ts'
import type { HandOutSpool } from './hand-out-spool.ts'

interface Dependencies {
  clock: Clock
  watch: DatabaseWatch
  spool: Pick<HandOutSpool, 'append'>
  cache: TokenCache
  inForce: InForceMemory
  manifestScopes: readonly string[]
  /** Issues tokens as long as the database is up. */
  issueToken: IssueToken
  /** For how long an outage is bridged; 0: not at all. */
  outageServeMs: number
}

/**
 * Issues tokens, and bridges an outage of the database: those in memory are served, for accounts as they were last read,
 * each written to the local spool first. Nothing is exchanged meanwhile, and nothing served that was not known before.
 */
export function createServeInOutage(dependencies: Dependencies): IssueToken {
  const { clock, watch, spool, cache, inForce, manifestScopes, issueToken, outageServeMs } = dependencies

  const fromMemory: IssueToken = async (receiver, { accountId, scopes: asked, rejectedFingerprint }) => {
    const known = inForce.lastRead(accountId)
    if (!known || watch.downForMs() >= outageServeMs) throw new StandinError('STORAGE_UNAVAILABLE')
    const scopes = scopesToIssue({ receiver, asked, granted: known, manifestScopes })
    const token = cache.get({ ...known, scopeKey: scopes.key })
    if (!token || token.fingerprint === rejectedFingerprint || isStale(token))
      throw new StandinError('STORAGE_UNAVAILABLE')

    await spool.append(handOutOf({ token, receiver, accountId, scopes }))
    if (isStale(token)) throw new StandinError('STORAGE_UNAVAILABLE') // Writing took longer than it was still good for.
    const { accessToken, fingerprint, lifetimeMs } = token
    return { accessToken, fingerprint, lifetimeMs, scopes: scopes.scopes, leftMs: leftMsOf(token) }
  }

  const leftMsOf = ({ endsAtMs }: HeldToken) => endsAtMs - clock.monotonicMs()
  const isStale = (token: HeldToken) =>
    tokenFreshness({ leftMs: leftMsOf(token), lifetimeMs: token.lifetimeMs }) === 'stale'

  return async (receiver, wanted) => {
    if (watch.isDown()) return fromMemory(receiver, wanted)
    try {
      return await watch.whileUp(issueToken(receiver, wanted))
    } catch (error) {
      if (toRefusal(error).reason !== 'STORAGE_UNAVAILABLE') throw error
      // A single connection can be lost, too: the database itself is still there, and is asked once more.
      return (await watch.suspect()) ? fromMemory(receiver, wanted) : issueToken(receiver, wanted)
    }
  }
}
