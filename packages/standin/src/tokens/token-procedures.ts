import { procedures } from '@standin/contracts'
import { grantedScopes } from '../access/authorize.ts'
import type { Clock } from '../clock.ts'
import type { Contracted } from '../http/trpc.ts'
import { StandinError } from '../standin-error.ts'
import { type IssueToken, toIssuedToken } from './issue-token.ts'

interface Dependencies {
  contracted: Contracted
  issueToken: IssueToken
  clock: Clock
  allowedCacheMs: number
}

export function createTokenProcedures({ contracted, issueToken, clock, allowedCacheMs }: Dependencies) {
  return {
    issue: contracted.call(procedures.token.issue).mutation(async ({ ctx: { caller, accountId }, input }) => {
      if (caller.kind !== 'service') throw new StandinError('ACCOUNT_FORBIDDEN')
      const { service, keyId } = caller
      const scopes = grantedScopes(caller, accountId) ?? []
      const token = await issueToken({ kind: 'service', service, keyId, grantedScopes: scopes }, input)
      return toIssuedToken(token, { now: clock.now(), allowedCacheMs })
    }),
  }
}
