import type { TokensContext } from './tokens-context.ts'

/** An exchange ended on some replica: `<account>`, or `<account> <fingerprint>` if it returned a token. */
export function hearTokenChange({ tokens }: TokensContext, payload: string): void {
  const [accountId = '', newFingerprint] = payload.split(' ')
  if (newFingerprint) tokens.cache.forgetOlder(accountId, newFingerprint)
  tokens.news.emit(accountId)
}

/** Notifications may have been lost: every waiting caller looks again. */
export function recheckTokens({ tokens }: TokensContext): void {
  for (const accountId of tokens.news.eventNames()) tokens.news.emit(accountId)
}

/** An account's credentials or state changed: what was read before no longer counts. */
export function forgetInForce({ tokens }: TokensContext, accountId: string): void {
  tokens.inForce.forget(accountId)
}

/** Notifications may have been lost, or the database was down: every account is read again. */
export function forgetAllInForce({ tokens }: TokensContext): void {
  tokens.inForce.forgetAll()
}
