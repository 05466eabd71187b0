import { procedures } from '@standin/contracts'
import type { Contracted } from '../http/trpc.ts'
import type { IssueToCaller } from './issue-to-caller.ts'

export function createTokenProcedures({
  contracted,
  issueToCaller,
}: {
  contracted: Contracted
  issueToCaller: IssueToCaller
}) {
  return {
    issue: contracted
      .call(procedures.token.issue)
      .mutation(({ ctx: { caller }, input }) => issueToCaller(caller, input)),
  }
}
