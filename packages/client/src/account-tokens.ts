import type { IssuedToken, IssueTokenInput } from '@standin/contracts'
import type { CallOptions } from './call-options.ts'
import { createScopeSpellings } from './scope-spellings.ts'
import { unlessAborted } from './sleep.ts'
import { type CachedToken, createTokenCache, type MonotonicClock } from './token-cache.ts'
import { tokenFingerprint } from './token-fingerprint.ts'

/** Which token, and how to request it. Concurrent callers share one request: the first one's. */
export interface TokenOptions extends CallOptions {
  /** What the token must be able to do, at most 64; by default everything that the service and the account granted. */
  scopes?: readonly string[] | undefined
}

interface Dependencies {
  issue: (input: IssueTokenInput, options: CallOptions) => Promise<IssuedToken>
  now: MonotonicClock
  maxCachedTokens: number
}

/** Tokens by account and set of scopes, whatever the order of the scopes and the case of the account's id. */
export function createAccountTokens({ issue, now, maxCachedTokens }: Dependencies) {
  const cache = createTokenCache(now, maxCachedTokens)
  const scopesKey = createScopeSpellings()

  /** Neither a scope nor an account id holds a space. @see RFC 6749 §3.3 */
  const keyOf = (account: string, scopes: readonly string[] | undefined) =>
    scopes === undefined ? account : `${account} ${scopesKey(scopes)}`
  const wanted = (scopes: readonly string[] | undefined) => scopes && { scopes: [...new Set(scopes)].sort() }

  return {
    get(accountId: string, { scopes, signal, ...how }: TokenOptions = {}): Promise<CachedToken> {
      if (signal?.aborted) return Promise.reject(signal.reason) // As `fetch` does, even if the token is in memory.
      const account = accountId.toLowerCase()
      // The signal ends this caller's wait, not the request that others share.
      return unlessAborted(
        cache.get(keyOf(account, scopes), () => issue({ accountId: account, ...wanted(scopes) }, how)),
        signal,
      )
    },
    /** A newer token than `rejected`, which an API refused. */
    replace(accountId: string, rejected: string, { scopes, signal, ...how }: TokenOptions = {}): Promise<CachedToken> {
      const account = accountId.toLowerCase()
      const ask = async () => {
        const rejectedFingerprint = await tokenFingerprint(rejected)
        return issue({ accountId: account, rejectedFingerprint, ...wanted(scopes) }, how)
      }
      return unlessAborted(cache.replace(keyOf(account, scopes), rejected, ask), signal)
    },
  }
}
