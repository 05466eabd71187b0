import type { IssuedToken, IssueTokenInput } from '@standin/contracts'
import { grantedScopes } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import type { Clock } from '../clock.ts'
import { StandinError } from '../standin-error.ts'
import { type IssueToken, toIssuedToken } from './issue-token.ts'

export type IssueToCaller = (caller: Caller, wanted: IssueTokenInput) => Promise<IssuedToken>

/**
 * What both edges that hand tokens out do: services alone, on the accounts and with the scopes that they were granted.
 * @throws StandinError `ACCOUNT_FORBIDDEN`, and what `issueToken` says
 */
export function createIssueToCaller({
  issueToken,
  clock,
  allowedCacheMs,
}: {
  issueToken: IssueToken
  clock: Clock
  allowedCacheMs: number
}): IssueToCaller {
  return async (caller, wanted) => {
    const scopes = caller.kind === 'service' ? grantedScopes(caller, wanted.accountId) : undefined
    if (caller.kind !== 'service' || !scopes) throw new StandinError('ACCOUNT_FORBIDDEN')
    const { service, keyId } = caller
    const token = await issueToken({ kind: 'service', service, keyId, grantedScopes: scopes }, wanted)
    return toIssuedToken(token, { now: clock.now(), allowedCacheMs })
  }
}
