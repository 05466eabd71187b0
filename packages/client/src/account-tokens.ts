import type { IssuedToken, IssueTokenInput } from '@standin/contracts'
import { createScopeSpellings } from './scope-spellings.ts'
import { told } from './standin-client-error.ts'
import { type CachedToken, createTokenCache, type MonotonicClock } from './token-cache.ts'
import { tokenFingerprint } from './token-fingerprint.ts'

interface Dependencies {
  issue: (input: IssueTokenInput) => Promise<IssuedToken>
  now: MonotonicClock
  maxCachedTokens: number
}

/** Tokens by account and set of scopes: whatever the order and case in which they are asked for, the same one. */
export function createAccountTokens({ issue, now, maxCachedTokens }: Dependencies) {
  const cache = createTokenCache(now, maxCachedTokens)
  const scopesKey = createScopeSpellings()

  /** Neither a scope nor an account id holds a space. @see RFC 6749 §3.3 */
  const keyOf = (account: string, scopes: readonly string[] | undefined) =>
    scopes === undefined ? account : `${account} ${scopesKey(scopes)}`
  const wanted = (scopes: readonly string[] | undefined) => scopes && { scopes: [...new Set(scopes)].sort() }

  return {
    get(accountId: string, scopes?: readonly string[]): Promise<CachedToken> {
      const account = accountId.toLowerCase()
      return cache.get(keyOf(account, scopes), () => told(issue({ accountId: account, ...wanted(scopes) })))
    },
    /** A newer token than `rejected`, which an API refused. */
    replace(accountId: string, scopes: readonly string[] | undefined, rejected: string): Promise<CachedToken> {
      const account = accountId.toLowerCase()
      return cache.replace(keyOf(account, scopes), rejected, async () => {
        const rejectedFingerprint = await tokenFingerprint(rejected)
        return told(issue({ accountId: account, rejectedFingerprint, ...wanted(scopes) }))
      })
    },
  }
}
