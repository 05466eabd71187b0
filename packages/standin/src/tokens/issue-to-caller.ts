import type { IssuedToken, IssueTokenInput } from '@standin/contracts'
import type { AccessContext } from '../access/access-context.ts'
import { grantedScopes } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import { callerOn } from '../access/caller-on.ts'
import { StandinError } from '../standin-error.ts'
import { issueToken } from './issue-token.ts'
import { cacheForMs } from './token-freshness.ts'
import { type HandedToken, receiverOf } from './token-receiver.ts'
import type { TokensContext } from './tokens-context.ts'

/**
 * Issues a token over HTTP or tRPC: only to a service, on the accounts and with the scopes that it was granted.
 * @throws StandinError `ACCOUNT_FORBIDDEN`, and what `issueToken` throws
 */
export async function issueToCaller(
  ctx: TokensContext & AccessContext,
  known: Caller,
  wanted: IssueTokenInput,
): Promise<IssuedToken> {
  const found = callerOn(ctx, known, wanted.accountId)
  const caller = found instanceof Promise ? await found : found
  const scopes = caller.kind === 'service' ? grantedScopes(caller, wanted.accountId) : undefined
  if (caller.kind !== 'service' || !scopes) throw new StandinError('ACCOUNT_FORBIDDEN')
  const token = await issueToken(ctx, receiverOf(caller, wanted.accountId, scopes), wanted)
  return toIssuedToken(token, { now: ctx.clock.now(), allowedCacheMs: ctx.config.tokenCacheForMs })
}

/** A token as it goes over the wire. */
export function toIssuedToken(
  { accessToken, leftMs, lifetimeMs, scopes }: HandedToken,
  { now, allowedCacheMs }: { now: Date; allowedCacheMs: number },
): IssuedToken {
  const expiresInMs = Math.floor(leftMs)
  return {
    accessToken: accessToken.reveal(),
    tokenType: 'Bearer',
    expiresAt: new Date(now.getTime() + expiresInMs).toISOString(),
    expiresInMs,
    cacheForMs: cacheForMs({ leftMs, lifetimeMs, allowedMs: allowedCacheMs }),
    scopes: [...scopes],
  }
}
