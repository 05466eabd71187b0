import type { Database } from '../database/database.ts'
import type { Logger } from '../observability/logger.ts'
import { StandinError } from '../standin-error.ts'
import { scopeSet } from '../trackunit/scope-set.ts'
import type { InForceMemory } from './in-force-memory.ts'
import type { ObtainToken } from './obtain-token.ts'
import { claimDueTokens, type DueToken, keepUses, postponeRefresh } from './refresh-store.ts'
import { isInUse } from './token-freshness.ts'
import type { TokenUses } from './token-uses.ts'

interface Dependencies {
  db: Database
  log: Logger
  inForce: InForceMemory
  obtainToken: ObtainToken
  uses: TokenUses
}

/** When one that could not be replaced is tried again; a pause after a failure can be longer. */
export const refreshAgainMs = 10_000
/** Parked credentials are probed elsewhere. */
const parkedAgainMs = 300_000
const atOnce = 16

/** Replaces tokens that are used before their end, in the background, so that in the steady state nobody waits. */
export function createRefreshAhead({ db, log, inForce, obtainToken, uses }: Dependencies) {
  /** Replaces what is due. @returns whether more may be due */
  async function refreshDue(): Promise<boolean> {
    const due = await claimDueTokens(db, { limit: atOnce, againInMs: refreshAgainMs })
    await Promise.all(due.map(refresh))
    return due.length === atOnce
  }

  async function refresh(due: DueToken): Promise<void> {
    const { accountId, scopeKey, fingerprint } = due
    try {
      if (!fingerprint || !isInUse(due)) return await postponeRefresh(db, due)
      const credentials = await inForce.get(accountId, { fresh: true })
      const scopes = scopeSet(scopeKey.split(' '))
      // What an account does not grant any more is not asked for behind its back.
      if (scopes.scopes.some((scope) => !credentials.grantedScopes.includes(scope)))
        return await postponeRefresh(db, due)
      if (credentials.parked) return await postponeRefresh(db, due, parkedAgainMs)
      await obtainToken({ credentials, scopes, replaceAhead: fingerprint })
    } catch (error) {
      log.debug({ err: error, accountId }, 'a token was not replaced ahead of its end')
      if (error instanceof StandinError && error.retryAfterMs !== undefined)
        await postponeRefresh(db, due, Math.max(refreshAgainMs, error.retryAfterMs)).catch(() => {})
    }
  }

  /** Writes down which tokens were used since the last time. */
  async function keepWhatWasUsed(): Promise<boolean> {
    const used = uses.take()
    if (used.length > 0) await keepUses(db, used)
    return false
  }

  return { refreshDue, keepWhatWasUsed }
}
