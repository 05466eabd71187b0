import type { IssuedToken, IssueTokenInput } from '@standin/contracts'
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

  return {
    get(accountId: string, scopes?: readonly string[]): Promise<CachedToken> {
      const account = accountId.toLowerCase()
      const wanted = canonical(scopes)
      return cache.get(keyOf(account, wanted), () =>
        told(issue({ accountId: account, ...(wanted && { scopes: [...wanted] }) })),
      )
    },
    /** A newer token than `rejected`, which an API refused. */
    replace(accountId: string, scopes: readonly string[] | undefined, rejected: string): Promise<CachedToken> {
      const account = accountId.toLowerCase()
      const wanted = canonical(scopes)
      return cache.replace(keyOf(account, wanted), rejected, async () => {
        const rejectedFingerprint = await tokenFingerprint(rejected)
        return told(issue({ accountId: account, rejectedFingerprint, ...(wanted && { scopes: [...wanted] }) }))
      })
    },
  }
}

function canonical(scopes: readonly string[] | undefined): readonly string[] | undefined {
  return scopes === undefined || scopes.length < 2 ? scopes : [...new Set(scopes)].sort()
}

/** Neither a scope nor an account id holds a space. @see RFC 6749 §3.3 */
const keyOf = (account: string, scopes: readonly string[] | undefined) =>
  scopes === undefined ? account : `${account} ${scopes.length === 1 ? scopes[0] : scopes.join(' ')}`
