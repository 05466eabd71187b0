import { procedures } from '@standin/contracts'
import type { AccessContext } from '../access/access-context.ts'
import type { Contracted } from '../http/trpc.ts'
import { issueToCaller } from './issue-to-caller.ts'
import type { TokensContext } from './tokens-context.ts'

export function tokenProcedures(ctx: TokensContext & AccessContext, contracted: Contracted) {
  return {
    issue: contracted
      .call(procedures.token.issue)
      .mutation(({ ctx: { caller }, input }) => issueToCaller(ctx, caller, input)),
  }
}
